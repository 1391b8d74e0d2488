/** Putting pictures on the clipboard; where the browser does not let us, the editor offers to save the picture instead. */
import type { HostCalls } from '../../shared/protocol';

/** @param name what it shows, for a file's name. @returns where the picture is now */
export async function copyPicture(host: Pick<HostCalls, 'saveImage'>, name: string, picture: Promise<Blob>): Promise<'clipboard' | 'file'> {
  try {
    // The promise itself: a browser grants the clipboard for the moment of the click only, and waits for the picture.
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })]);
    return 'clipboard';
  } catch {
    await host.saveImage(name, await (await picture).arrayBuffer());
    return 'file';
  }
}
