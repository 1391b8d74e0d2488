/**
 * The loss of a block's outputs: its mean over the samples, the error of the outputs, the share of right answers, and the derivative of the
 * error along a direction. Rows of few outputs are taken by an invocation each; on hardware rows of many are shared by a workgroup. The
 * order of each sum depends on the number of rows and columns alone.
 */
import type { Structure } from '../../../network/structure';
import { type Dispatch, type Place, type Site, stride } from '../definition';
import { literal, notANumber, shaderTexts } from '../functions';
import type { RowText } from '../lossRow';
import { type Bound, dispatchOf, read, written } from './shader';

export interface LossPart {
  /** The block's share of the batch's mean loss, `info.weight` × the sum of its rows', replaces `result[0]` or, where `info.add` is 1, is added. */
  value(): readonly Dispatch[];
  /** The same, and the error of the outputs. */
  gradient(): readonly Dispatch[];
  /** The same as `value`; and right answers are counted in `result[1]`, which the last block of the batch makes the share of it. NaN without classes. */
  evaluate(): readonly Dispatch[];
  /** The derivative of the outputs' error along their tangent. */
  curvature(): readonly Dispatch[];
}

/** What is needed of a `Site`. */
export type LossSite = Pick<
  Site,
  'structure' | 'adapter' | 'capacity' | 'info' | 'value' | 'error' | 'tangent' | 'tangentError' | 'common'
>;

/** Invocations of a workgroup. In software each waits for the others in turn. */
const invocations = { hardware: 64, software: 16 } as const;
/** A row of more outputs is shared by a workgroup, or at least summed in parts of so many. */
const few = 32;
/** A block of no more outputs is one workgroup's work, which then takes the sum as well. */
const small = 2 ** 14;

/** What invocations have, joined: every one gets the sum of all, by fours, or the largest. */
const joins = (lanes: number): string => `var<workgroup> parts: array<f32, ${lanes}>;
fn sumOfParts() -> f32 {
  var sum = 0.0f;
  for (var i = 0u; i < ${lanes}u; i += 4u) { sum += (parts[i] + parts[i + 1u]) + (parts[i + 2u] + parts[i + 3u]); }
  return sum;
}
fn largestOfParts() -> f32 {
  var largest = parts[0];
  for (var i = 1u; i < ${lanes}u; i++) { largest = max(largest, parts[i]); }
  return largest;
}`;
const joined = (variable: string, join: 'sumOfParts' | 'largestOfParts'): string => `parts[local] = ${variable};
workgroupBarrier();
${variable} = ${join}();
workgroupBarrier();`;

/** A loop over a long row in parts, whose sums are added up. */
const inParts = (
  columns: number,
  body: string,
  sums: readonly string[],
): string => `for (var part = 0u; part < ${columns}u; part += ${few}u) {
${sums.map((sum) => `let ${sum}Before = ${sum};\n${sum} = 0.0f;`).join('\n')}
for (var j = part; j < min(part + ${few}u, ${columns}u); j++) {
${body}
}
${sums.map((sum) => `${sum} += ${sum}Before;`).join('\n')}
}`;

/**
 * A row of the matrices `y` (outputs), `t` (numbers wanted, or classes), `e`, `d` and `p`, which begins at `at`.
 * @param lanes invocations that share it, a whole workgroup
 */
function rowText(columns: number, lanes: number): RowText {
  const shared = lanes > 1;
  return {
    columns,
    weight: 'info.weight',
    label: 't[row]',
    output: (j) => `y[at + ${j}]`,
    wanted: (j) => `t[at + ${j}]`,
    error: (j) => `e[at + ${j}]`,
    direction: (j) => `d[at + ${j}]`,
    product: (j) => `p[at + ${j}]`,
    each: (body, ...sums) =>
      columns > few && !shared && sums.length > 0
        ? inParts(columns, body('j'), sums)
        : `for (var j = ${shared ? 'local' : '0u'}; j < ${columns}u; j += ${lanes}u) {\n${body('j')}\n}`,
    sum: (variable) => (shared ? joined(variable, 'sumOfParts') : ''),
    largest: (variable) => (shared ? joined(variable, 'largestOfParts') : ''),
  };
}

/**
 * Declares `right`: 1 where the outputs name the sample's class, the first of equal ones; a single one does by the loss's threshold. Outputs
 * that are no numbers name class 0.
 */
function rightText({ loss }: Structure, row: RowText): string {
  const known = loss.against === 'class';
  if (row.columns === 1)
    return `let right = select(0.0f, 1.0f, select(0u, 1u, ${row.output('0u')} > ${literal(loss.threshold)}) == u32(${known ? row.label : row.wanted('0u')}));`;
  // Against numbers, that of the class is 1 and the others are 0.
  const label = known
    ? `let label = ${row.label};`
    : `var position = 0.0f;
${row.each((j) => `position += f32(${j}) * ${row.wanted(j)};`)}
${row.sum('position')}
let label = u32(position);`;
  return `${label}
let named = ${row.output('label')};
var better = 0.0f;
${row.each((j) => `if (select(${row.output(j)} > named, !(named > ${row.output(j)}), ${j} < label)) { better += 1.0f; }`)}
${row.sum('better')}
let right = select(0.0f, 1.0f, better == 0.0f);`;
}

/** @param labels whether samples have classes, so that right answers are counted, as `Samples.right` does */
export function lossPart(site: LossSite, labels = false): LossPart {
  const { structure, capacity } = site;
  const { loss, outputs, operations } = structure;
  const last = operations.length;
  const step = stride(outputs);
  const lanes = invocations[site.adapter.kind];
  const shared = outputs > few && site.adapter.kind === 'hardware';
  const whole = !shared && capacity * outputs <= small;
  const row = rowText(outputs, shared ? lanes : 1);
  const known = loss.against === 'class';
  const result = site.common('result', 2);
  const matrices = (): Record<string, Bound> => ({
    y: read(site.value(last)),
    t: read(site.common('wanted', known ? capacity : capacity * step), known ? 'u32' : 'f32'),
  });
  const helpers = (): string => [...shaderTexts([notANumber, ...(loss.wgsl.helpers ?? [])]), joins(lanes)].join('\n');
  const name = (what: string): string => `${loss.name} ${outputs} ${what}`;

  /** Statements for each row; `finish` for what comes after all of them where one workgroup does it all. */
  const rows = (what: string, bind: Record<string, Bound>, body: string, finish = ''): Dispatch => {
    const head = `let at = row * ${step}u;\n${body}`;
    return dispatchOf(site, {
      name: name(what),
      bind: { ...matrices(), ...bind },
      helpers: helpers(),
      size: lanes,
      groups: (count) => (shared ? count : whole ? 1 : Math.ceil(count / lanes)),
      body: shared
        ? `let row = group;\nif (row >= info.rows) { return; }\n${head}`
        : whole
          ? `var total = 0.0f;\nvar rights = 0.0f;\nfor (var row = local; row < info.rows; row += ${lanes}u) {\n${head}\n}\n${finish}`
          : `let row = group * ${lanes}u + local;\nif (row >= info.rows) { return; }\n${head}`,
    });
  };

  /** Statements that join every invocation's `total` (and `rights`) and put them into the result. */
  const put = (counts: boolean): string => {
    const counted = labels
      ? `let so = rights + select(0.0f, result[1], info.add == 1u);
  let batch = f32(info.batch);
  result[1] = select(so, select(so / batch, 1.0f, so == batch), info.first + info.rows == info.batch);`
      : 'result[1] = notANumber();';
    return `${joined('total', 'sumOfParts')}
${counts && labels ? joined('rights', 'sumOfParts') : ''}
if (local == 0u) {
  result[0] = info.weight * total + select(0.0f, result[0], info.add == 1u);
  ${counts ? counted : ''}
}`;
  };

  /** Rows' losses and their sum, by way of `rowLoss` and `rowRight` where many workgroups share the work. */
  const summed = (what: string, bind: Record<string, Bound>, text: string, counts = false): Dispatch[] => {
    const right = counts && labels;
    const body = `${text}\n${right ? rightText(structure, row) : ''}`;
    const results = { result: written(result) };
    if (whole) return [rows(what, { ...bind, ...results }, `${body}\ntotal += loss;\n${right ? 'rights += right;' : ''}`, put(counts))];
    const [losses, rights] = ['rowLoss', 'rowRight'].map((each) => site.common(each, capacity));
    const binding = (of: (place: Place) => Bound): Record<string, Bound> => ({
      losses: of(losses),
      ...(right ? { answers: of(rights) } : {}),
    });
    const store = `losses[row] = loss;\n${right ? 'answers[row] = right;' : ''}`;
    return [
      rows(what, { ...bind, ...binding(written) }, `${body}\n${shared ? `if (local == 0u) {\n${store}\n}` : store}`),
      dispatchOf(site, {
        name: name(`${what} sum`),
        bind: { ...binding(read), ...results },
        helpers: helpers(),
        size: lanes,
        groups: () => 1,
        body: `var total = 0.0f;
var rights = 0.0f;
for (var row = local; row < info.rows; row += ${lanes}u) {
  total += losses[row];
  ${right ? 'rights += answers[row];' : ''}
}
${put(counts)}`,
      }),
    ];
  };

  return {
    value: () => summed('value', {}, loss.wgsl.value(row)),
    gradient: () => summed('gradient', { e: written(site.error(last)) }, loss.wgsl.gradient(row)),
    evaluate: () => summed('evaluation', {}, loss.wgsl.value(row), true),
    curvature: () => [rows('curvature', { d: read(site.tangent(last)), p: written(site.tangentError(last)) }, loss.wgsl.curvature(row))],
  };
}
