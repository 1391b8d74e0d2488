/**
 * The colour scales: equal steps look equal, and colour-blind eyes see the same order. Lightness and differences are those of CIE 1976 L*a*b*
 * (CIE 15:2004, white D65, from sRGB by IEC 61966-2-1), written here again from the standard; colour blindness is simulated as by Machado,
 * Oliveira & Fernandes 2009 ("A Physiologically-based Model for Simulation of Color Vision Deficiency", table of severity 1.0), on linear sRGB.
 */
import assert from 'node:assert/strict';
import { colourAt, fromLab, LEVELS, NONE, pixelsOf, toLab, type ColourScale } from '../../../src/webview/charts/colours';
import { MOST_ENTRIES } from '../../../src/shared/landscape/scene';
import { LOOKS } from '../../../src/webview/landscape/looks';

/** L*a*b* distance at which two lines are told apart side by side; 2.3 can just be noticed. */
const LEAST_APART = 30;

type Triple = readonly [number, number, number];

const eyes: Readonly<Record<string, readonly Triple[]>> = {
  'all colours': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** CIE 1976 L*a*b* of an sRGB colour as an eye sees it. */
function seen(rgb: readonly number[], eye: readonly Triple[]): Triple {
  const linear = rgb.map((byte) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4));
  const [r, g, b] = eye.map((row) => Math.min(1, Math.max(0, row[0] * linear[0] + row[1] * linear[1] + row[2] * linear[2])));
  const f = (t: number): number => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const apart = (a: Triple, b: Triple): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** The bytes that are painted. */
function painted(scale: ColourScale): Triple[] {
  const bytes = new Uint8Array(pixelsOf(scale).buffer);
  return Array.from({ length: LEVELS }, (_, level): Triple => {
    assert.equal(bytes[4 * level + 3], 255);
    return [bytes[4 * level], bytes[4 * level + 1], bytes[4 * level + 2]];
  });
}

const middle = (LEVELS - 1) / 2;
/** Levels from one end of lightness to the other: a whole sequential scale, each half of a diverging one from 0 outwards. */
const runs = (scale: ColourScale): number[][] => {
  const levels = Array.from({ length: LEVELS }, (_, level) => level);
  return scale === 'sequential' ? [levels] : [levels.slice(middle), levels.slice(0, middle + 1).reverse()];
};

for (const scale of ['sequential', 'divergingDark', 'divergingLight'] as const)
  describe(`the ${scale} colours`, () => {
    const colours = painted(scale);

    it('have lightness in equal steps, to what 8 bits can tell', () => {
      for (const run of runs(scale)) {
        const heights = run.map((level) => seen(colours[level], eyes['all colours'])[0]);
        const whole = heights[heights.length - 1] - heights[0];
        heights.forEach((height, i) => {
          const even = heights[0] + (whole * i) / (run.length - 1);
          assert.ok(Math.abs(height - even) < 0.6, `level ${run[i]}: L* ${height}, evenly ${even}`);
        });
        assert.ok(Math.abs(whole) > 45, `L* goes over ${whole}`);
      }
    });

    it('rise or fall in lightness for every eye, over each 8 levels', () => {
      for (const [name, eye] of Object.entries(eyes))
        for (const run of runs(scale)) {
          const heights = run.map((level) => seen(colours[level], eye)[0]);
          const way = Math.sign(heights[heights.length - 1] - heights[0]);
          for (let i = 8; i < run.length; i += 8)
            assert.ok(way * (heights[i] - heights[i - 8]) > 0.4, `${name}, level ${run[i]}: L* ${heights[i - 8]} → ${heights[i]}`);
        }
    });

    if (scale !== 'sequential')
      it('look as different on both sides of 0, step by step, and are two colours to every eye from a fifth of the way on', () => {
        for (const run of runs(scale)) {
          const steps = run
            .slice(16)
            .map((level, i) => apart(seen(colours[level], eyes['all colours']), seen(colours[run[i]], eyes['all colours'])));
          const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
          for (const step of steps) assert.ok(Math.abs(step / mean - 1) < 0.15, `ΔE*ab over 16 levels: ${step}, on average ${mean}`);
        }
        for (const [name, eye] of Object.entries(eyes))
          for (let far = Math.round(0.2 * middle); far <= middle; far++) {
            const [below, above] = [seen(colours[middle - far], eye), seen(colours[middle + far], eye)];
            assert.ok(apart(below, above) > 0.2 * 100 * (far / middle), `${name}, ${far} levels from 0: ΔE*ab ${apart(below, above)}`);
            assert.ok(Math.abs(below[0] - above[0]) < 14, `${name}: L* ${below[0]} and ${above[0]} for numbers of one size`);
          }
        const [lightness, a, b] = seen(colours[middle], eyes['all colours']);
        assert.ok(Math.hypot(a, b) < 1.5, 'what is 0 has no colour');
        assert.ok(scale === 'divergingDark' ? lightness < 20 : lightness > 90, 'and is like the background');
      });
  });

describe('colours in CIE L*a*b*', () => {
  it('are those of the standard: red, green, blue, white, grey', () => {
    // sRGB's primaries in L*a*b* under D65, as published by B. Lindbloom's calculator (2° observer)
    const known: readonly (readonly [Triple, Triple])[] = [
      [[255, 0, 0], [53.2408, 80.0925, 67.2032]],
      [[0, 255, 0], [87.7347, -86.1827, 83.1793]],
      [[0, 0, 255], [32.297, 79.1875, -107.8602]],
      [[255, 255, 255], [100, 0, 0]],
      [[119, 119, 119], [50.034, 0, 0]],
    ]; // prettier-ignore
    for (const [rgb, lab] of known) {
      assert.ok(apart(toLab(rgb), lab) < 0.02, `${rgb.join()}: ${toLab(rgb).join()}`);
      assert.ok(apart(fromLab(toLab(rgb)), rgb) < 1e-3, `${rgb.join()} and back: ${fromLab(toLab(rgb)).join()}`);
    }
  });

  it('end at the ends of sRGB, and what has no number is transparent', () => {
    assert.ok(Math.max(...colourAt('sequential', 0)) < 5);
    assert.equal(pixelsOf('sequential')[NONE], 0);
  });
});

describe('the looks of optimizers on a landscape', () => {
  it('are as many as may run there, each with a shape of its own, and those of one colour with other dashes', () => {
    for (const looks of Object.values(LOOKS)) {
      assert.equal(looks.length, MOST_ENTRIES);
      assert.equal(new Set(looks.map(({ shape }) => shape)).size, looks.length);
      assert.equal(new Set(looks.map(({ colour, dash }) => `${colour} ${dash.join()}`)).size, looks.length);
    }
  });

  it('have colours that every eye tells apart, or a lightness, and that stand out on their background', () => {
    for (const [background, looks] of Object.entries(LOOKS))
      for (const [name, eye] of Object.entries(eyes)) {
        const colours = [...new Set(looks.map(({ colour }) => colour))];
        const labs = colours.map((colour) =>
          seen(
            [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)),
            eye,
          ),
        );
        const ground = seen(background === 'dark' ? [31, 31, 31] : [255, 255, 255], eye);
        labs.forEach((lab, i) => {
          assert.ok(Math.abs(lab[0] - ground[0]) > 35, `${name}: ${colours[i]} on ${background}`);
          for (let j = 0; j < i; j++) {
            const distance = apart(lab, labs[j]);
            assert.ok(distance > LEAST_APART, `${name}, ${background}: ${colours[i]} and ${colours[j]} are ${distance.toFixed(1)} apart`);
          }
        });
      }
  });
});
