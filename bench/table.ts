/** A report as text for people. */
import { ourName } from './participants';
import { disagreeing, lossTolerance, passes, type Figure, type Report, type Section, type TrainingRow } from './report';

/** Three digits that count: `0.123`, `12.3`, `1,230`. */
export function show(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en', { maximumFractionDigits: 12 });
}

/** Lines of a table; the first column is set to the left, all others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => [...(row[column] ?? '')].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? left(cell, widths[0]) : right(cell, widths[column])))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '─'.repeat(width)).join('──'), ...rows.map(line)];
}

const space = (text: string, width: number): string => ' '.repeat(Math.max(0, width - [...text].length));
const left = (text: string, width: number): string => text + space(text, width);
const right = (text: string, width: number): string => space(text, width) + text;

/** Who took part, in order of appearance, as headings of columns. */
function participants(rows: readonly TrainingRow[]): { readonly name: string; readonly threads: 1 | 2; readonly heading: string }[] {
  const seen = new Map<string, { name: string; threads: 1 | 2; heading: string }>();
  for (const { times } of rows)
    for (const { name, threads } of times)
      seen.set(`${name} ${threads}`, { name, threads, heading: `${name === ourName ? 'ours' : name} ${threads}T` });
  return [...seen.values()];
}

/** Times of a step: a row a network, a column a participant; then the same over our faster time. */
function trainingText(rows: readonly TrainingRow[]): string[] {
  const columns = participants(rows);
  const time = ({ times }: TrainingRow, name: string, threads: 1 | 2): number | undefined =>
    times.find((each) => each.name === name && each.threads === threads)?.microseconds;
  const cells = (row: TrainingRow, over: number): string[] =>
    columns.map(({ name, threads }) => {
      const microseconds = time(row, name, threads);
      return microseconds === undefined ? '–' : show(microseconds / over);
    });
  const best = (row: TrainingRow): number =>
    Math.min(...row.times.filter(({ name }) => name === ourName).map(({ microseconds }) => microseconds));
  const title = ({ id, name }: TrainingRow): string => `${id}. ${name}`;
  const head = ['network, batch', ...columns.map(({ heading }) => heading)];
  const multiples = table(
    head,
    rows.map((row) => [title(row), ...cells(row, best(row))]),
  );
  const wrong = disagreeing(rows);
  return [
    'A step of training (forward, backward, Adam), microseconds',
    ...table(
      head,
      rows.map((row) => [title(row), ...cells(row, 1)]),
    ),
    '',
    ...(rows.every((row) => Number.isFinite(best(row))) ? ['The same, as multiples of our faster time', ...multiples, ''] : []),
    ...rows.flatMap(({ id, chosen }) => (chosen === null ? [] : [`${id}. a run takes ${chosen.note}`])),
    wrong.length === 0
      ? `All compute the same: the losses of the first steps agree with the float64 reference to ${lossTolerance} relative; the worst is ${show(
          Math.max(...rows.flatMap(({ times }) => times.map(({ lossError }) => lossError))),
        )}.`
      : `These do NOT compute the same as the float64 reference (losses differ by more than ${lossTolerance}): ${wrong.join('; ')}.`,
  ];
}

const barText = ({ bar }: Figure): string =>
  bar === undefined ? '' : 'atLeast' in bar ? `≥ ${show(bar.atLeast)}` : `≤ ${show(bar.atMost)}`;
const verdict = (figure: Figure): string => ({ true: '✔', false: '✘', null: '' })[`${passes(figure)}`];

function sectionText({ title, figures }: Section): string[] {
  const rows = figures.map((figure) => [
    figure.note === undefined ? figure.name : `${figure.name} (${figure.note})`,
    `${show(figure.value)} ${figure.unit}`,
    barText(figure),
    verdict(figure),
  ]);
  return table([title, 'found', 'bar', ' '], rows);
}

/** The whole report. */
export function text(report: Report): string {
  const { machine, libraries, missing, training, sections } = report;
  const figures = sections.flatMap((section) => section.figures);
  const judged = figures.filter((figure) => passes(figure) !== null);
  const reached = judged.filter((figure) => passes(figure) === true);
  const versions = Object.entries(libraries).map(([name, version]) => `${name} ${version}`);
  const paragraphs = [
    [
      `${machine.cores} cores of ${machine.processor} (${machine.features.join(', ') || 'features unknown'}), ${machine.memory} GiB, ${machine.system}`,
      `Node ${machine.node}, V8 ${machine.v8}, relaxed SIMD ${machine.relaxedSimd ? 'on' : 'off'}, bounds of WebAssembly memory ${machine.bounds}`,
      ...(versions.length > 0 ? [versions.join(', ')] : []),
      `load average ${machine.load.map((load) => load.toFixed(2)).join(', ')}; others used ${Math.round(100 * machine.busy)} % of the machine, before or after` +
        (machine.drift === null
          ? ''
          : `; a fixed piece of work took from −${show(100 * machine.drift[0])} % to +${show(100 * machine.drift[1])} % of its median`),
      ...(machine.busy > 0.1 ? ['The machine was BUSY: measure again when it is quiet.'] : []),
    ],
    ...(missing.length > 0 ? [missing.map(({ name, reason, command }) => `${name} did not take part: ${reason}\n  ${command}`)] : []),
    ...(training.length > 0 ? [trainingText(training)] : []),
    ...sections.map(sectionText),
    [`${reached.length} of ${judged.length} bars reached, in ${Math.round(report.seconds)} s.`],
  ];
  return paragraphs.map((lines) => lines.join('\n')).join('\n\n');
}
