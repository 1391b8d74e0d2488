/**
 * Every number on every panel is the record's own, of the step that is looked at: at the newest step, scrubbed to earlier ones, beside a
 * pinned run, after going back, for a function, and for a run that diverged.
 */
import assert from 'node:assert/strict';
import { PanelPage, panelNames, record, type Displayed, type Query } from './page';
import type { RecordEvent } from '../../src/engine/run/record';
import { assertRecorded, newestStep } from '../e2e/recorded';

/** What each panel must show of a network's run, whatever else it shows. */
const least: Readonly<Record<string, readonly string[]>> = {
  training: ['step', 'loss', 'trainLoss', 'heldOutLoss', 'trainAccuracy', 'heldOutAccuracy', 'lr', 'lambdaMax', 'lambdaMin'],
  gradientInspector: ['step', 'gradientNorm', 'updateRatio.mean', 'effectiveRate.q50'],
  curvature: ['lambdaMax', 'residualMax', 'lambdaMin', 'residualMin', 'trace', 'negativeFraction', 'preconditionedSharpness'],
};

/** Panels whose numbers are a run's; the Landscape's are of runs of its own. */
const ofRun = panelNames.filter((name) => name in least);

const scenes: readonly {
  readonly title: string;
  readonly query: Query;
  readonly run: string;
  readonly pinned?: string;
  readonly at: number;
}[] = [
  { title: 'at the newest step', query: { at: 1234 }, run: 'adam', at: 1234 },
  { title: 'of a run that is over', query: { scene: 'completed' }, run: 'adam', at: 2000 },
  { title: 'beside a pinned run', query: { at: 900, pinned: 'momentum' }, run: 'adam', pinned: 'momentum', at: 900 },
  { title: 'after going back', query: { at: 1500, branch: 700 }, run: 'adam', at: 700 },
  { title: 'of a function', query: { record: 'function', at: 640 }, run: 'function', at: 640 },
  { title: 'of a run that diverged', query: { scene: 'diverged' }, run: 'diverged', at: Infinity },
];

/** Steps to scrub to, beside the first measured one. */
const earlier = [1, 333, 610];

/** Events up to a step. */
const upTo = (events: readonly RecordEvent[], step: number): RecordEvent[] =>
  events.filter((event) => !('step' in event) || event.step <= step);

/**
 * Verdicts are words; the ends of a colour scale are rounded outwards from what it shows; the weights of the map are in no record, and of the
 * step at which the run stands (inspector.test.ts holds them against the engine).
 */
const isNumber = ({ quantity, card }: Displayed): boolean =>
  quantity !== 'verdict' && !quantity.startsWith('scale.') && card !== 'everyWeight';

/** A number as its text says it, and what its last digit is worth; undefined where the text has no number. */
function spoken(text: string): { readonly value: number; readonly unit: number } | undefined {
  const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const plain = text
    .replace(/[,\s]/g, '')
    .replace(/−/g, '-')
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (digit) => String(digits.indexOf(digit)))
    .replace('⁻', '-')
    .replace('×10', 'e');
  const found = /(-?\d+(?:\.(\d+))?)(?:e([-+]?\d+))?(%)?/.exec(plain);
  if (!found) return undefined;
  const [, mantissa, decimals = '', exponent = '0', percent] = found;
  const power = Number(exponent) - (percent ? 2 : 0);
  const zeros = /[1-9](0*)$/.exec(mantissa)?.[1].length ?? 0; // 50 may be 53 with one digit
  return { value: Number(`${mantissa}e${power}`), unit: Number(`1e${power - decimals.length + zeros}`) };
}

/** The text is the number, rounded to the digits that it has. */
function assertSpoken({ quantity, value, text }: Displayed): void {
  const said = spoken(text);
  if (said === undefined) return assert.ok(!Number.isFinite(value), `${quantity} is ${value}; the panel says “${text}”`);
  const half = said.unit * 0.5 * (1 + 1e-9);
  assert.ok(Math.abs(said.value - value) <= half, `${quantity} is ${value}; the panel says “${text}”`);
}

interface Expected {
  /** The record of the run that the panel shows, and where that stands. */
  readonly run: string;
  readonly at: number;
  /** The step that is looked at. */
  readonly look?: number;
  readonly pinned?: string;
}

/** Holds numbers of one run against its record. @returns what was held */
function assertOf(numbers: readonly Displayed[], whole: readonly RecordEvent[], look: number): Set<string> {
  const words = numbers.filter(({ quantity }) => quantity === 'verdict');
  for (const { step, word } of words)
    assert.ok(
      whole.some((event) => event.type === 'curvature' && event.step === step && event.verdict === word),
      `verdict ${word} at ${step}`,
    );
  const read = numbers.filter(isNumber);
  read.forEach(assertSpoken);
  // what stands alone is of the step looked at; tables over steps and marks say of which step they are
  const steps = (wanted: Displayed): Set<number> =>
    new Set(
      read
        .filter(({ quantity, layer, inTable }) => inTable && quantity === wanted.quantity && layer === wanted.layer)
        .map(({ step }) => step),
    );
  const alone = read.filter((number) => number.role === undefined && !(number.inTable && steps(number).size > 1));
  const seen = upTo(whole, look);
  for (const number of alone) {
    const newest = newestStep(number, seen);
    if (newest !== undefined)
      assert.equal(number.step, newest, `${number.quantity} ${number.layer ?? ''} is not the newest up to step ${look}`);
  }
  assertRecorded(
    read.filter((number) => !alone.includes(number)),
    whole,
  );
  return assertRecorded(alone, seen);
}

/** Holds all that is shown against the records. @returns what was held of the run that is shown */
function assertShown(numbers: readonly Displayed[], { run, at, look = at, pinned }: Expected): Set<string> {
  const own = numbers.filter((number) => number.run === undefined || number.run === run);
  const others = numbers.filter((number) => !own.includes(number));
  if (others.length > 0) {
    assert.ok(pinned !== undefined, `numbers of another run are shown: ${JSON.stringify(others[0])}`);
    assertOf(others, record(pinned), look === at ? Infinity : look);
  }
  return assertOf(own, upTo(record(run), at), look);
}

describe('every number on a panel is the record’s', () => {
  let panel: PanelPage;
  before(async () => (panel = await PanelPage.open()));
  after(() => panel.close());
  beforeEach(() => panel.errors.splice(0));
  afterEach(() => assert.deepEqual(panel.errors, [], 'nothing went wrong in the page'));

  for (const name of ofRun)
    for (const { title, query, run, pinned, at } of scenes)
      it(`${name}, ${title}`, async () => {
        await panel.show(name, query);
        const held = assertShown(await panel.numbers(), { run, at, pinned });
        if (run === 'adam') for (const quantity of least[name]) assert.ok(held.has(quantity), `${name} does not show ${quantity}`);
      });

  for (const name of ofRun)
    it(`${name}, scrubbed to earlier steps and back`, async () => {
      await panel.show(name, { at: 1234, pinned: 'momentum' });
      for (const step of earlier) {
        await panel.look({ at: step });
        assertShown(await panel.numbers(), { run: 'adam', at: 1234, look: step, pinned: 'momentum' });
      }
      await panel.look({ at: null });
      assertShown(await panel.numbers(), { run: 'adam', at: 1234, pinned: 'momentum' });
    });
});
