/**
 * Batch norm: y = γ·x̂ + β with x̂ = (x − μ)·s and s = 1/√(variance + eps), over each channel. In training μ and the variance are the block's
 * own, so a block is the whole mini-batch. With n numbers a channel, and sums over these,
 *
 *   ∂β = Σ e     ∂γ = Σ e·x̂     e₋₁ = γ·s·(e − Σe/n − x̂·Σ(e·x̂)/n)
 *
 * and along a direction, with r = Σ(x̂·Rx)/n, since s and μ move too (R as in `hessian.ts`),
 *
 *   Rx̂ = s·(Rx − ΣRx/n − x̂·r)      Ry = γ·Rx̂ + Rγ·x̂ + Rβ      Rs = −s²·r
 *   R∂β = Σ Re     R∂γ = Σ (Re·x̂ + e·Rx̂)
 *   Re₋₁ = (Rγ·s + γ·Rs)·(e − Σe/n − x̂·Σ(e·x̂)/n) + γ·s·(Re − ΣRe/n − Rx̂·Σ(e·x̂)/n − x̂·R∂γ/n)
 *
 * Every one of these is a pair of sums over each channel, taken in two stages, and then one pass over the numbers. What the sums come to is
 * kept: each way needs those of the ways before it.
 */
import { sizeOf } from '../../../network/builder';
import type { BatchNormOperation } from '../../../network/operations';
import { type Dispatch, type Part, type Site, stride } from '../definition';
import { literal } from '../functions';
import { channelSums } from './channelSums';
import { type Bound, dispatchOf, eachItem, read, written } from './shader';

/** What is kept, one number a channel each: μ and s; ΣRx/n and r; Σe/n and Σ(e·x̂)/n; ΣRe/n and R∂γ/n. */
const kept = ['mean', 'scale', 'drift', 'turn', 'straight', 'along', 'rStraight', 'rAlong'] as const;
type Kept = (typeof kept)[number];

/** Invocations of a workgroup in which each has a channel. */
const together = 64;

export function batchNorm(operation: BatchNormOperation, index: number, site: Site): Part {
  const { channels, positions, eps, momentum } = operation;
  const [from] = operation.from;
  const to = index + 1;
  const row = stride(sizeOf(site.structure.values[to]));
  const [gamma, beta] = operation.parameters;
  const title = `batch norm ${channels}×${positions}`;
  const statistics = site.keep(operation, 'statistics', kept.length * channels);
  const sums = channelSums(site, title, channels, positions, row);
  const moving = site.wanted(from);
  const own = site.curvature ? 'true' : 'info.training == 1u';

  const stored = (what: Kept): string => `statistics[${kept.indexOf(what) * channels}u + c]`;
  const hat = `let hat = (x[at] - ${stored('mean')}) * ${stored('scale')};`;
  const rHat = moving ? `let rHat = ${stored('scale')} * (rx[at] - ${stored('drift')} - hat * ${stored('turn')});` : 'let rHat = 0.0f;';
  const x = read(site.value(from));
  const matrices = (bind: Readonly<Record<string, Bound>>) => ({ x, ...bind, statistics: read(statistics) });

  /** One invocation a channel. Its body has the channel `c` and `n`, how many numbers a channel has. */
  const eachChannel = (what: string, bind: Readonly<Record<string, Bound>>, body: string): Dispatch =>
    dispatchOf(site, {
      name: `${title} ${what}`,
      helpers: sums.helpers,
      bind: { ...bind, statistics: written(statistics) },
      size: together,
      groups: () => Math.ceil(channels / together),
      body: `  let c = group * ${together}u + local;
  if (c >= ${channels}u) { return; }
  let n = f32(info.rows * ${positions}u);
${body}`,
    });
  /** Every number of every sample: one invocation a plane in software, one a number otherwise. Its body has the channel `c` and the index `at`. */
  const eachNumber = (what: string, bind: Readonly<Record<string, Bound>>, body: string): Dispatch =>
    site.adapter.kind === 'software' && positions > 1
      ? eachItem(site, channels, {
          name: `${title} ${what}`,
          bind,
          body: `  let c = item;
  let first = row * ${row}u + c * ${positions}u;
  for (var at = first; at < first + ${positions}u; at++) {
${body}
  }`,
        })
      : eachItem(site, channels * positions, {
          name: `${title} ${what}`,
          bind,
          body: `  let c = item / ${positions}u;
  let at = row * ${row}u + item;
${body}`,
        });
  /** Means of two terms over each channel, kept; their sums may be gradients of β and γ. */
  const means = (
    what: string,
    bind: Readonly<Record<string, Bound>>,
    terms: string,
    into: readonly [Kept, Kept],
    learns: boolean,
  ): Dispatch[] => {
    const learned: Record<string, Bound> = learns ? { dBeta: written(site.gradient(beta)), dGamma: written(site.gradient(gamma)) } : {};
    const give = learns
      ? '  if (info.add == 1u) { dBeta[c] += sum.x; dGamma[c] += sum.y; } else { dBeta[c] = sum.x; dGamma[c] = sum.y; }'
      : '';
    return [
      sums.partial(`${what} sums`, matrices(bind), terms),
      eachChannel(
        `${what} means`,
        { partial: sums.result, ...learned },
        `  var sum = vec2f(0.0f);
  for (var g = 0u; g < ${sums.groups}u; g++) { sum += partial[g * ${channels}u + c]; }
${give}
  ${stored(into[0])} = sum.x / n;
  ${stored(into[1])} = sum.y / n;`,
      ),
    ];
  };

  /** μ and s of the block, whose parts' means and squares about these come together (Chan et al. 1979); or the running ones. */
  const settle = (): Dispatch =>
    eachChannel(
      'statistics',
      {
        partial: sums.result,
        runningMean: written(site.buffer(operation.buffer)),
        runningVariance: written(site.buffer(operation.buffer + 1)),
      },
      `  var mean = runningMean[c];
  var variance = runningVariance[c];
  if (${own}) {
    mean = 0.0f;
    for (var g = 0u; g < ${sums.groups}u; g++) { mean += partial[g * ${channels}u + c].x * (${sums.numbers('g')} / n); }
    var squares = 0.0f;
    for (var g = 0u; g < ${sums.groups}u; g++) {
      let apart = partial[g * ${channels}u + c].x - mean;
      squares += partial[g * ${channels}u + c].y + apart * apart * ${sums.numbers('g')};
    }
    variance = squares / n;
    if (info.joins == 1u) {
      runningMean[c] += ${literal(momentum)} * (mean - runningMean[c]);
      runningVariance[c] += ${literal(momentum)} * (squares / (n - 1.0f) - runningVariance[c]);
    }
  }
  ${stored('mean')} = mean;
  ${stored('scale')} = 1.0f / sqrt(variance + ${literal(eps)});`,
    );
  const constants = { g: read(site.parameter(gamma)), statistics: read(statistics) };
  /** What is done with the error of x: none, or it is the first, or one of several. */
  const give = `out[at] ${moving && site.first(operation, from) ? '=' : '+='}`;
  return {
    forward: () => [
      sums.moments(`forward sums`, { x }, own),
      settle(),
      eachNumber(
        'forward',
        { x, y: written(site.value(to)), ...constants, b: read(site.parameter(beta)) },
        `    ${hat}
    y[at] = g[c] * hat + b[c];`,
      ),
    ],
    backward() {
      const e = read(site.error(to));
      const learned = means('backward', { e }, `${hat} let terms = vec2f(e[at], e[at] * hat);`, ['straight', 'along'], true);
      if (!moving) return learned;
      const carried = eachNumber(
        'backward',
        { x, e, out: written(site.error(from)), ...constants },
        `    ${hat}
    ${give} g[c] * ${stored('scale')} * (e[at] - ${stored('straight')} - hat * ${stored('along')});`,
      );
      return [...learned, carried];
    },
    tangent() {
      const along = {
        x,
        ...constants,
        ry: written(site.tangent(to)),
        rg: read(site.direction(gamma)),
        rb: read(site.direction(beta)),
      };
      if (!moving) return [eachNumber('tangent', along, `    ${hat}\n    ry[at] = rg[c] * hat + rb[c];`)];
      const rx = read(site.tangent(from));
      return [
        ...means('tangent', { rx }, `${hat} let terms = vec2f(rx[at], rx[at] * hat);`, ['drift', 'turn'], false),
        eachNumber('tangent', { ...along, rx }, `    ${hat}\n    ${rHat}\n    ry[at] = g[c] * rHat + rg[c] * hat + rb[c];`),
      ];
    },
    tangentBackward(matrix) {
      const re = read(site.tangentError(to));
      const whole = matrix === 'hessian';
      const second: Record<string, Bound> = whole ? { e: read(site.error(to)), ...(moving && { rx: read(site.tangent(from)) }) } : {};
      const terms = whole
        ? `${hat} ${rHat} let terms = vec2f(re[at], re[at] * hat + e[at] * rHat);`
        : `${hat} let terms = vec2f(re[at], re[at] * hat);`;
      const learned = means(`tangent backward ${matrix}`, { re, ...second }, terms, ['rStraight', 'rAlong'], true);
      if (!moving) return learned;
      const straight = `re[at] - ${stored('rStraight')} - hat * ${stored('rAlong')}`;
      const factor = `g[c] * ${stored('scale')}`;
      const body = whole
        ? `    ${hat}
    ${rHat}
    let u = e[at] - ${stored('straight')} - hat * ${stored('along')};
    let turned = rg[c] * ${stored('scale')} - g[c] * ${stored('scale')} * ${stored('scale')} * ${stored('turn')};
    ${give} turned * u + ${factor} * (${straight} - rHat * ${stored('along')});`
        : `    ${hat}
    ${give} ${factor} * (${straight});`;
      const bind = {
        x,
        re,
        ...second,
        ...constants,
        out: written(site.tangentError(from)),
        ...(whole && { rg: read(site.direction(gamma)) }),
      };
      return [...learned, eachNumber(`tangent backward ${matrix}`, bind, body)];
    },
  };
}
