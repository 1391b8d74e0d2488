/**
 * What crosses between the editor and the WebGPU engine's page, beside an engine's own calls and events. The page has neither files nor a disk:
 * it reads data through the editor, sizes first, and hands its record's lines over. A page may be loaded anew at any time (its tab moved to
 * another window, its device lost), so each life of it is a session with a name; what comes from an earlier one is passed over.
 */
import type { EngineCalls, EngineEvents, RunId } from './protocol';

/** What the page says first, and again whenever all that it had is gone. */
export interface Hello {
  /** The name of the session that begins. */
  readonly hello: string;
  /** Why the one before it ended, as a person reads it; null where the page was loaded. */
  readonly because: string | null;
}

/** Every other message, either way. */
export interface Envelope {
  readonly session: string;
  readonly message: unknown;
}

/** The GPU that was found. */
export interface AdapterDescription {
  /** What a person calls it: `nvidia · ampere`. */
  readonly name: string;
  /** Computed by the processor: there is no GPU behind it. */
  readonly software: boolean;
}

/** What the editor may ask of the page. */
export interface GpuPageCalls extends EngineCalls {
  /** Opens the GPU. Rejects where there is none, with what to do. */
  adapter(): Promise<AdapterDescription>;
  /** Is it still there? */
  beat(): Promise<void>;
  /** Takes the time of every kernel of the run for a moment, and shows the report. */
  timeByKernel(): Promise<void>;
  /** Destroys the device, as a GPU that is lost does: for trying out what happens then. */
  loseDevice(): Promise<void>;
}

/** A file that the editor has read for the page, unpacked. */
export interface OpenFile {
  readonly file: string;
  readonly bytes: number;
}

/** The most bytes of one part of a file. */
export const FILE_PART = 2 ** 23;

/** What the page tells and asks of the editor. A run (or a measurement of speed) gets only files that its specification names. */
export interface GpuHostCalls extends EngineEvents {
  fileSize(run: RunId, path: string): Promise<number>;
  /** Reads a file whose size, packed and unpacked, is within `limit`. */
  openFile(run: RunId, path: string, limit: number): Promise<OpenFile>;
  /** The next `FILE_PART` bytes from here, or what is left; the file is forgotten after its last. */
  filePart(file: string, from: number): Promise<ArrayBuffer>;
  /** Begins the run's record, or goes on after so many bytes of it. @returns bytes that are there: `keep`, or 0 where there are not so many */
  openRecord(run: RunId, keep: number): Promise<number>;
  appendRecord(run: RunId, text: string): Promise<void>;
  truncateRecord(run: RunId, bytes: number): Promise<void>;
  closeRecord(run: RunId): Promise<void>;
  /** The panel with the charts is to come to the front. */
  openTraining(): Promise<void>;
}

/** `GpuHostCalls` that have no answer. */
export const gpuEvents = ['frame', 'event', 'state', 'checkpoint'] as const satisfies readonly (keyof EngineEvents)[];
