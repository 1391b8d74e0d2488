/**
 * Pooling, window by window. The place of the largest number of each window is kept, counted from the sample's first number, so that
 * errors, and directions, go through the places that values came from. On the way back each number of the image gathers what the windows
 * over it have for it, in their order: nobody writes where another does. Where no two windows share a number, each window gives instead.
 */
import { sizeOf } from '../../../network/builder';
import type { PoolingOperation, Window } from '../../../network/operations';
import { type Dispatch, type Part, type Place, type Site, stride } from '../definition';
import { type Bound, eachItem, read, written } from './shader';
import { slopeBefore } from './slope';
import { eachPlace, eachWindowOver } from './window';

/** Whether windows neither meet nor reach out of the image. */
const apart = ({ kernelHeight, kernelWidth, stride: step, padding }: Window): boolean =>
  padding === 0 && kernelHeight <= step && kernelWidth <= step;

export function pooling(operation: PoolingOperation, index: number, site: Site): Part {
  const { window } = operation;
  const { channels, height, width, kernelHeight, kernelWidth, outHeight, outWidth } = window;
  const step = window.stride;
  const [from] = operation.from;
  const to = index + 1;
  const largest = operation.kind === 'maxPooling';
  const [inRow, outRow] = [stride(sizeOf(site.structure.values[from])), stride(sizeOf(site.structure.values[to]))];
  const share = `${1 / (kernelHeight * kernelWidth)}f`;
  const places = largest ? site.keep(operation, 'places', site.capacity * outRow) : null;
  const moving = site.wanted(from);
  const before = moving ? slopeBefore(operation, from, site) : null;
  const title = `${largest ? 'max' : 'average'} pooling ${channels}×${height}×${width}/${kernelHeight}×${kernelWidth}`;

  /** In software an invocation goes along a whole row of a plane; otherwise each takes one number, neighbours next to one another. */
  const rowwise = site.adapter.kind === 'software';
  const along = (what: string, lines: number, columns: number, bind: Record<string, Bound>, helpers: string, body: string): Dispatch =>
    eachItem(site, channels * lines * (rowwise ? 1 : columns), {
      name: `${title} ${what}`,
      bind,
      helpers,
      body: rowwise
        ? `  let plane = item / ${lines}u;
  let i = item % ${lines}u;
  for (var j = 0u; j < ${columns}u; j++) {
${body}
  }`
        : `  let line = item / ${columns}u;
  let plane = line / ${lines}u;
  let i = line % ${lines}u;
  let j = item % ${columns}u;
${body}`,
    });
  const out = `row * ${outRow}u + (plane * ${outHeight}u + i) * ${outWidth}u + j`;
  const corner = `row * ${inRow}u + plane * ${height * width}u`;

  const largestOf = (x: Place, y: Place, kept: Place): Dispatch =>
    along(
      'forward',
      outHeight,
      outWidth,
      { x: read(x), y: written(y), places: written(kept, 'u32') },
      // A NaN wins, as in PyTorch.
      'fn better(a: f32, b: f32) -> bool { return a > b || (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u; }',
      `  var best = 0.0f;
  var place = 0xffffffffu;
${eachPlace(window, (at) => `let value = x[${corner} + ${at}]; if (place == 0xffffffffu || better(value, best)) { best = value; place = plane * ${height * width}u + ${at}; }`)}
  y[${out}] = best;
  places[${out}] = place;`,
    );
  const meanOf = (what: string, x: Place, y: Place): Dispatch =>
    along(
      what,
      outHeight,
      outWidth,
      { x: read(x), y: written(y) },
      '',
      `  var sum = 0.0f;
${eachPlace(window, (at) => `sum += x[${corner} + ${at}];`)}
  y[${out}] = sum * ${share};`,
    );
  /** Of a direction, what is at the places of the largest. */
  const picked = (x: Place, y: Place, kept: Place): Dispatch =>
    along(
      'tangent',
      outHeight,
      outWidth,
      { x: read(x), y: written(y), places: read(kept, 'u32') },
      '',
      `  y[${out}] = x[row * ${inRow}u + places[${out}]];`,
    );

  /** Stores at `at`, a place of the sample, what the windows have for it. */
  const store = (at: string, sum: string): string =>
    `x[row * ${inRow}u + ${at}] ${moving && site.first(operation, from) ? '=' : '+='} ${before ? `(${sum}) * ${before.factor(`row * ${inRow}u + ${at}`)}` : sum};`;
  const gather = (what: string, bind: Record<string, Bound>): Dispatch =>
    along(
      what,
      height,
      width,
      bind,
      before?.helpers ?? '',
      `  let at = (plane * ${height}u + i) * ${width}u + j;
  var sum = 0.0f;
${eachWindowOver(window, (place) => {
  const its = `row * ${outRow}u + plane * ${outHeight * outWidth}u + ${place}`;
  return largest ? `if (places[${its}] == at) { sum += y[${its}]; }` : `sum += y[${its}];`;
})}
  ${store('at', largest ? 'sum' : `sum * ${share}`)}`,
    );
  /** Each window with the stretch of the image up to the next ones; beyond the last there may be more, with no window. */
  const give = (what: string, bind: Record<string, Bound>): Dispatch => {
    const [lines, columns] = [Math.ceil(height / step), Math.ceil(width / step)];
    const inside = [lines > outHeight ? `i < ${outHeight}u` : '', columns > outWidth ? `j < ${outWidth}u` : ''].filter((test) => test);
    const cell = (u: number, v: number): string => {
      const tests = [
        lines * step > height && u > (height - 1) % step ? `i < ${lines - 1}u` : '',
        columns * step > width && v > (width - 1) % step ? `j < ${columns - 1}u` : '',
      ].filter((test) => test);
      const covered = u < kernelHeight && v < kernelWidth;
      const text = `{ let at = base + ${u * width + v}u; ${store('at', !covered ? '0.0f' : largest ? 'select(0.0f, error, place == at)' : 'error')} }`;
      return tests.length > 0 ? `if (${tests.join(' && ')}) ${text}` : text;
    };
    const within = (value: string): string => (inside.length > 0 ? `if (${inside.join(' && ')}) { ${value} }` : value);
    return along(
      what,
      lines,
      columns,
      bind,
      before?.helpers ?? '',
      `  let base = (plane * ${height}u + i * ${step}u) * ${width}u + j * ${step}u;
  var error = 0.0f;
  ${largest ? 'var place = 0xffffffffu;' : ''}
  ${within(`let its = ${out}; error = y[its]${largest ? '; place = places[its]' : ` * ${share}`};`)}
  ${Array.from({ length: step * step }, (_, k) => cell(Math.floor(k / step), k % step)).join('\n  ')}`,
    );
  };
  const back = (what: string, y: Place, x: Place): Dispatch => {
    const bind = { y: read(y), x: written(x), ...(places && { places: read(places, 'u32') }), ...before?.bind };
    return apart(window) && step * step <= 16 ? give(what, bind) : gather(what, bind);
  };
  return {
    forward: () => [places ? largestOf(site.value(from), site.value(to), places) : meanOf('forward', site.value(from), site.value(to))],
    backward: () => (moving ? [back('backward', site.error(to), site.error(from))] : []),
    tangent() {
      if (!moving) return [];
      return [places ? picked(site.tangent(from), site.tangent(to), places) : meanOf('tangent', site.tangent(from), site.tangent(to))];
    },
    tangentBackward: () => (moving ? [back('tangent backward', site.tangentError(to), site.tangentError(from))] : []),
  };
}
