export interface Served {
  /** `http://127.0.0.1:8123` */
  readonly address: string;
  close(): Promise<void>;
}

/** @param options see panels.mjs */
export function servePanels(options?: { port?: number; record?: string; live?: boolean; folder?: string }): Promise<Served>;
