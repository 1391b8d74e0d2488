/** Frames on their way: coalesced, bounded, thinned evenly, the newest step never lost. */
import assert from 'node:assert/strict';
import type { StepEvent } from '../../../src/engine/run/record';
import { FrameStream } from '../../../src/shared/run/frameStream';
import { column, decodeFrame, FRAMES_UNDER_WAY } from '../../../src/shared/frame';

const rate = { q05: 1, q25: 1, q50: 1, q75: 1, q95: 1 };
const step = (step: number): StepEvent => ({
  type: 'step',
  step,
  epoch: 0,
  loss: 0,
  lr: 0,
  gradientNorm: [0],
  updateNorm: [0],
  weightNorm: [0],
  effectiveRate: [rate],
});

/** A stream with a clock in hand. */
function stream(): { sent: number[][]; at: { now: number }; frames: FrameStream; add(from: number, to: number): void } {
  const sent: number[][] = [];
  const at = { now: 0 };
  const take = (_sequence: number, frame: ArrayBuffer): void => {
    const { rows, width, data } = decodeFrame(frame);
    sent.push(Array.from({ length: rows }, (_, row) => data[row * width + column.step]));
  };
  const frames = new FrameStream(1, take, () => at.now);
  const add = (from: number, to: number): void => {
    for (let k = from; k <= to; k++) frames.add(step(k));
  };
  return { sent, at, frames, add };
}

/** Frames of one step each, the first `count` steps. */
const numbered = (count: number): number[][] => Array.from({ length: count }, (_, k) => [k + 1]);

describe('the stream of frames', () => {
  it('sends at most one each sixtieth of a second, with all steps since the last', () => {
    const { sent, at, frames, add } = stream();
    add(1, 1);
    frames.tick();
    add(2, 3);
    at.now = 15;
    frames.tick();
    assert.deepEqual(sent, [[1]]);
    at.now = 16;
    frames.tick();
    frames.tick();
    assert.deepEqual(sent, [[1], [2, 3]]);
  });

  it('keeps its rate when the clock is looked at seldom, and never makes up for a pause', () => {
    const { sent, at, frames, add } = stream();
    for (at.now = 0; at.now <= 1200; at.now += 12) {
      add(at.now, at.now);
      frames.tick();
      frames.acknowledge(1000);
    }
    assert.ok(sent.length >= 74 && sent.length <= 76, `${sent.length} frames in 1.2 s`);
    at.now = 60_000;
    const before = sent.length;
    for (let k = 0; k < 5; k++) {
      add(k, k);
      frames.tick();
      frames.acknowledge(1000);
    }
    assert.equal(sent.length, before + 1);
  });

  it('has a few under way at most, until one is acknowledged', () => {
    const { sent, frames, add } = stream();
    for (let k = 1; k <= FRAMES_UNDER_WAY + 2; k++) {
      add(k, k);
      frames.flush();
    }
    const first = numbered(FRAMES_UNDER_WAY);
    assert.deepEqual(sent, first);
    frames.acknowledge(1);
    frames.flush();
    assert.deepEqual(sent, [...first, [FRAMES_UNDER_WAY + 1, FRAMES_UNDER_WAY + 2]]);
  });

  it('thins what waits evenly, within the bound, and keeps the newest', () => {
    for (const last of [1023, 1024, 1025, 1026, 5000, 100_001]) {
      const { sent, frames, add } = stream();
      add(1, last);
      frames.flush();
      const [rows] = sent;
      assert.ok(rows.length <= 1024 && rows.length >= Math.min(last, 512));
      assert.equal(rows[0], 1);
      assert.equal(rows[rows.length - 1], last);
      const gaps = new Set(rows.slice(1, -1).map((each, i) => each - rows[i]));
      assert.equal(gaps.size, 1, `up to ${last}`);
    }
  });

  it('sends the last steps before the end, whatever is under way', () => {
    const { sent, frames, add } = stream();
    for (let k = 1; k <= FRAMES_UNDER_WAY + 1; k++) {
      add(k, k);
      frames.flush();
    }
    frames.finish();
    assert.deepEqual(sent, numbered(FRAMES_UNDER_WAY + 1));
  });

  it('does not count an acknowledgement of what was never sent', () => {
    const { sent, frames, add } = stream();
    frames.acknowledge(1000);
    for (let k = 1; k <= FRAMES_UNDER_WAY + 3; k++) {
      add(k, k);
      frames.flush();
    }
    assert.deepEqual(sent, numbered(FRAMES_UNDER_WAY));
  });
});
