/**
 * What JSON loses, kept: messages between the editor and a webview travel as JSON (binary buffers apart), which turns NaN and the
 * infinities into null and an Error into {}. `pack` and `unpack` are birpc's `serialize` and `deserialize` on both ends of that link.
 * A bare buffer travels as a view of it, which copies nothing: the editor tells a buffer by the class of its own window, so that one from a
 * webview in a window beside it would arrive as {}; a view it knows wherever it comes from.
 */

/** A stand-in for a number, an error or a buffer; no message of ours has a key like these. */
interface StandIn {
  readonly $number?: string;
  readonly $error?: string;
  readonly $buffer?: Uint8Array<ArrayBuffer>;
}

/** The message with stand-ins for what JSON cannot say. */
export function pack(message: unknown): unknown {
  if (typeof message === 'number') return Number.isFinite(message) ? message : ({ $number: String(message) } satisfies StandIn);
  if (message instanceof Error) return { $error: message.message } satisfies StandIn;
  if (message instanceof ArrayBuffer) return { $buffer: new Uint8Array(message) } satisfies StandIn;
  return inside(message, pack);
}

/** The message as it was before `pack`. */
export function unpack(message: unknown): unknown {
  if (typeof message === 'object' && message !== null) {
    const { $number, $error, $buffer } = message as StandIn;
    if (typeof $number === 'string') return Number($number);
    if (typeof $error === 'string') return new Error($error);
    if (ArrayBuffer.isView($buffer)) return $buffer.buffer;
  }
  return inside(message, unpack);
}

/** `change` done to every member of an array or a plain object; anything else is left as it is. */
function inside(value: unknown, change: (member: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(member)]));
}
