/** The WebGPU engine: a tab whose page trains on the GPU. What it shows is in `gpu/page/view.ts`, what it does in `gpu/page/page.ts`. */
import '../styles/common.css';
import '../styles/gpuEngine.css';
import { editor } from '../connection';
import { element } from '../dom';
import { openGpu } from '../gpu/open';
import { gpuHome } from '../gpu/page/home';
import type { Port } from '../gpu/page/link';
import { GpuPage } from '../gpu/page/page';
import { PageView } from '../gpu/page/view';

const view = new PageView();
(document.getElementById('app') ?? document.body.appendChild(element('main', { id: 'app' }))).append(view.element);

const port: Port = {
  post: (message) => editor.postMessage(message),
  listen: (listener) => window.addEventListener('message', ({ data }: MessageEvent<unknown>) => listener(data)),
};
const page: GpuPage = new GpuPage({ port, openGpu, makeHome: gpuHome, changed: () => queueMicrotask(() => view.changed(page)) });
