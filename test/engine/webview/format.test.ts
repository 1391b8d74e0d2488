/** Numbers read as one would write them by hand. */
import assert from 'node:assert/strict';
import { compact, duration, integer, number, percent, power, setting, tick, tickFormat, withResidual } from '../../../src/webview/format';

const table = (format: (value: number) => string, rows: readonly (readonly [number, string])[]): void => {
  for (const [value, text] of rows) it(`${value} is ${text}`, () => assert.equal(format(value), text));
};

describe('a number with three digits', () =>
  table(number, [
    [0, '0'],
    [0.14231, '0.142'],
    [0.9996, '1.00'],
    [-1.9449, '−1.94'],
    [38.2, '38.2'],
    [999.6, '1,000'],
    [46_912, '46,900'],
    [999_600, '1.00 × 10⁶'],
    [-2.5e7, '−2.50 × 10⁷'],
    [0.001, '0.00100'],
    [0.00031, '3.10 × 10⁻⁴'],
    [1e-10, '1.00 × 10⁻¹⁰'],
    [5e-324, '4.94 × 10⁻³²⁴'],
    [NaN, 'NaN'],
    [Infinity, '∞'],
    [-Infinity, '−∞'],
  ]));

describe('a setting', () =>
  table(setting, [
    [0.001, '0.001'],
    [0.1, '0.1'],
    [10, '10'],
    [300, '300'],
    [0.0005, '5 × 10⁻⁴'],
    [0.000506, '5.06 × 10⁻⁴'],
    [0.00051, '5.1 × 10⁻⁴'],
  ]));

describe('a whole number', () =>
  table(integer, [
    [7, '7'],
    [999, '999'],
    [1240, '1,240'],
    [-1234567, '−1,234,567'],
  ]));

describe('a number in a narrow column', () =>
  table(compact, [
    [0, '0'],
    [0.00123, '1.2e−3'],
    [12, '1.2e+1'],
    [NaN, 'NaN'],
  ]));

describe('a share', () =>
  table(percent, [
    [0.9731, '97.3\u202f%'],
    [1, '100.0\u202f%'],
    [NaN, 'NaN'],
  ]));

describe('a time', () =>
  table(duration, [
    [3.21, '3.2\u202fs'],
    [42.4, '42\u202fs'],
    [59.97, '60\u202fs'],
    [125, '2\u202fmin 5\u202fs'],
    [3725, '1\u202fh 2\u202fmin'],
  ]));

describe('a number at an axis', () =>
  table(tick, [
    [0, '0'],
    [0.05, '0.05'],
    [2, '2'],
    [1250, '1,250'],
    [-20, '−20'],
    [0.30000000000000004, '0.3'],
    [1e-4, '10⁻⁴'],
    [2e-4, '2 × 10⁻⁴'],
    [1e6, '10⁶'],
  ]));

describe('the numbers of one axis are written alike', () => {
  const written = (ticks: readonly number[], logarithmic: boolean): string[] => ticks.map(tickFormat(ticks, logarithmic));
  it('decimals where the largest allows', () => {
    assert.deepEqual(written([0, 0.0002, 0.0004], false), ['0', '0.0002', '0.0004']);
    assert.deepEqual(written([-1000.5, 0, 12000], false), ['−1,000.5', '0', '12,000']);
    assert.deepEqual(written([0.05, 0.2, 2], true), ['0.05', '0.2', '2']);
  });
  it('powers of ten where one of them needs it', () => {
    assert.deepEqual(written([1e-4, 1e-2, 1], true), ['10⁻⁴', '10⁻²', '10⁰']);
    assert.deepEqual(written([0, 2e-7, 4e-7], false), ['0', '2 × 10⁻⁷', '4 × 10⁻⁷']);
  });
});

describe('powers and residuals', () => {
  it('10 to the −12 is 10⁻¹²', () => assert.equal(power(-12), '10⁻¹²'));
  it('38.2 with a residual of 0.0912 is 38.2 ± 0.09', () => assert.equal(withResidual(38.21, 0.0912), '38.2 ± 0.09'));
  it('a residual at rounding error has its power', () => assert.equal(withResidual(2, 3e-13), '2.00 ± 3 × 10⁻¹³'));

  const rows = [
    [24.61, 4.71, '24.6 ± 4.7'],
    [-0.09634, 0.001869, '−0.0963 ± 0.0019'],
    [412, 31, '412 ± 31'],
    [633.6, 49.96, '634 ± 50'],
    [46_912, 1234, '46,900 ± 1,200'],
    [38.2, 0.096, '38.2 ± 0.1'],
    [38.2, 0.96, '38.2 ± 1.0'],
    [3.1e-5, 2e-6, '3.10 × 10⁻⁵ ± 2.0 × 10⁻⁶'],
    [0.02, 5.123, '0.0200 ± 5.12'],
    [0, 0.5, '0 ± 0.50'],
    [2, 0, '2.00 ± 0'],
    [2, Infinity, '2.00 ± ∞'],
    [NaN, 0.1, 'NaN ± 0.1'],
  ] as const;
  for (const [value, residual, text] of rows)
    it(`the residual ends at the digit at which its value ends: ${text}`, () => assert.equal(withResidual(value, residual), text));
});
