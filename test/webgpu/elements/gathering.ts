/** Samples gathered on a GPU beside those that `Samples` gathers, number by number: both are the same bits. */
import { stride } from '../../../src/engine/backends/webgpu/definition';
import { gather } from '../../../src/engine/backends/webgpu/gather';
import { Samples } from '../../../src/engine/network/samples';
import { findLoss } from '../../../src/engine/network/losses';
import type { Structure } from '../../../src/engine/network/structure';
import type { Dataset } from '../../../src/engine/problems/dataset';
import { Random } from '../../../src/engine/random';
import type { GpuContext } from '../../../src/webview/gpu/context';
import { Places } from '../places';

const samples = 53;
const random = new Random(4, 'gathering');

const labels = (classes: number): Dataset['y'] => ({
  kind: 'classes',
  classes,
  names: [],
  labels: Int32Array.from({ length: samples }, () => random.integer(classes)),
});
const targets = (outputs: number): Dataset['y'] => ({
  kind: 'targets',
  outputs,
  values: Float64Array.from({ length: samples * outputs }, () => Math.fround(random.normal())),
});
const answers: readonly { readonly y: Dataset['y']; readonly loss: string; readonly outputs: number }[] = [
  { y: labels(10), loss: 'crossEntropy', outputs: 10 },
  { y: labels(3), loss: 'meanSquaredError', outputs: 3 },
  { y: labels(2), loss: 'binaryCrossEntropy', outputs: 1 },
  { y: targets(1), loss: 'huber', outputs: 1 },
  { y: targets(6), loss: 'meanSquaredError', outputs: 6 },
];

export async function gatherFault(context: GpuContext): Promise<string | null> {
  const forms = ['pixels', 'bytes', 'numbers'] as const;
  for (const [i, { y, loss, outputs }] of answers.entries())
    for (const [k, inputs] of [1, 3, 28].entries()) {
      const form = forms[(i + k) % 3];
      const count = samples * inputs;
      const x =
        form === 'numbers'
          ? Float32Array.from({ length: count }, () => random.normal())
          : Uint8Array.from({ length: count }, () => random.integer(256));
      const data: Dataset = { name: 'drawn', samples, inputs, x, scale: form === 'pixels' ? 1 / 255 : 1, y };
      const structure = { inputs: [inputs], outputs, loss: findLoss(loss) } as Partial<Structure> as Structure;
      const fault = await oneFault(context, data, structure);
      if (fault !== null) return `${inputs} ${form}, ${loss} of ${outputs}: ${fault}`;
    }
  return null;
}

async function oneFault(context: GpuContext, data: Dataset, structure: Structure): Promise<string | null> {
  const { x, y, inputs, scale } = data;
  const { outputs } = structure;
  const rows = Uint32Array.from({ length: 29 }, () => random.integer(samples));
  rows[0] = samples - 1;
  const capacity = rows.length + 3;
  const places = new Places(context);
  const features = x instanceof Uint8Array ? new Uint32Array(Math.ceil(x.length / 4)) : Float32Array.from(x);
  if (x instanceof Uint8Array) new Uint8Array(features.buffer).set(x);
  const known = y.kind === 'classes' ? Uint32Array.from(y.labels) : Float32Array.from(y.values);
  const source = {
    ...{ x: places.place('x', features.length), y: places.place('y', known.length) },
    ...{ bytes: x instanceof Uint8Array, scale, labels: y.kind === 'classes' },
  };
  const byClass = structure.loss.against === 'class';
  const site = {
    ...{ structure, capacity, info: places.info, rows: places.place('rows', capacity) },
    value: () => places.place('value', capacity * stride(inputs)),
    common: places.place,
  };
  const wanted = places.place('wanted', byClass ? capacity : capacity * stride(outputs));
  places.setInfo({ rows: rows.length });
  places.set({ ...site.rows, words: rows.length }, rows);
  places.set(source.x, features);
  places.set(source.y, known);
  await places.run(gather(site, source), rows.length);
  const read = places.read(site.value(), wanted);
  places.submit();
  const [gathered, compared] = await read;
  places.close();
  const expected = { x: new Float32Array(capacity * stride(inputs)), y: new Float64Array(capacity * outputs) };
  const reference = new Samples(data, structure);
  reference.gather(rows, 0, rows.length, expected.x, stride(inputs), expected.y);
  const classes = new Uint32Array(compared.buffer, compared.byteOffset, compared.length);
  const columns = reference.wantedColumns;
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < inputs; j++) {
      const at = i * stride(inputs) + j;
      if (gathered[at] !== expected.x[at]) return `feature ${j} of row ${i} is ${gathered[at]}, not ${expected.x[at]}`;
    }
    for (let j = 0; j < columns; j++) {
      const found = byClass ? classes[i] : compared[i * stride(outputs) + j];
      if (found !== expected.y[i * columns + j]) return `row ${i} is compared with ${found}, not ${expected.y[i * columns + j]}`;
    }
  }
  return null;
}
