/**
 * Whole networks on WebGPU beside the float64 reference: losses, gradients tensor by tensor, evaluation, running statistics, and products with
 * matrices of second derivatives, for adapters in software and in hardware; what happens where there is too little room.
 */
import assert from 'node:assert/strict';
import { kindOf, whatToDo } from '../../src/webview/gpu/open';
import { type OpenPage, openPage } from './browser';
import { type crampedNetworks, networkCases } from './networkCases';
import type { Limits } from './networks.page';

describe('networks compute on WebGPU what the reference computes', () => {
  let open: OpenPage;
  let faults: readonly (readonly string[])[] = [];

  before(async () => {
    open = await openPage('networks.page.ts');
    faults = await open.page.evaluate(() => networksPage.all());
  });
  after(() => open.close());

  networkCases.forEach(({ name }, i) =>
    it(`${name}: gradients to 1e-5 of each tensor, products to 1e-4, in one block or several, the same bits twice`, () =>
      assert.deepEqual(faults[i] ?? ['the page did not run it'], [])),
  );

  describe('where there is little room', () => {
    const cramped = (name: keyof typeof crampedNetworks, limits: Limits, batch: number, room: number | null = null): Promise<string> =>
      open.page.evaluate(([a, b, c, d]) => networksPage.cramped(a, b, c, d), [name, limits, room, batch] as const);

    it('takes a batch in as many blocks as fit, and samples as they are needed', async () => {
      assert.equal(await cramped('wide', {}, 64), 'resident, right');
      assert.equal(await cramped('wide', { maxStorageBufferBindingSize: 5000 }, 64), 'uploaded, right');
    });

    it('says what a batch that depends on all its samples wanted, and which would fit', async () => {
      const message = await cramped('norm', { maxStorageBufferBindingSize: 5000 }, 64);
      assert.match(
        message,
        /^GpuMemoryError: .* cannot train this network on batches of 64 samples: .* takes 10 KiB, but its maxStorageBufferBindingSize is 4\.88 KiB\./,
      );
      assert.match(message, /Batches of at most 31 samples would fit; or use the CPU/);
      assert.equal(await cramped('norm', { maxStorageBufferBindingSize: 5000 }, 31), 'uploaded, right');
    });

    it('says which weights are too many', async () => {
      const message = await cramped('wide', { maxStorageBufferBindingSize: 4000 }, 8);
      assert.match(
        message,
        /even one sample at a time: dense1\.weight takes 4\.69 KiB, .* is 3\.91 KiB\. Take smaller layers; or use the CPU/,
      );
      assert.match(await cramped('wide', { maxBufferSize: 4000 }, 8), /maxBufferSize/);
    });

    it('says what was wanted and about what would fit where memory runs out, and does without a data set there', async () => {
      const message = await cramped('wide', {}, 64, 9);
      assert.match(
        message,
        /^GpuMemoryError: A network that takes 64 samples at a time takes .* of the GPU's memory, and .* gave .* of it\. (Batches of about \d+ would fit|Take smaller)/,
      );
    });
  });
});

describe('what an adapter is, and what to do where there is none', () => {
  const info = { vendor: '', architecture: '', device: '', description: '', isFallbackAdapter: false } as GPUAdapterInfo;

  it('tells software from hardware', () => {
    assert.equal(kindOf({ ...info, architecture: 'swiftshader' }), 'software');
    assert.equal(kindOf({ ...info, isFallbackAdapter: true }), 'software');
    assert.equal(kindOf({ ...info, description: 'llvmpipe (LLVM 15.0.7, 256 bits)' }), 'software');
    assert.equal(kindOf({ ...info, vendor: 'nvidia', architecture: 'ampere' }), 'hardware');
  });

  it('names the flags on Linux only', () => {
    const [linux, mac] = ['Mozilla/5.0 (X11; Linux x86_64)', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'];
    assert.match(whatToDo(true, linux), /no adapter.*`code --enable-unsafe-webgpu --enable-features=Vulkan`.*argv\.json passes on neither/);
    assert.match(whatToDo(false, linux), /navigator\.gpu is missing.*--enable-unsafe-webgpu/);
    assert.match(whatToDo(true, mac), /graphics driver.*"backend": "cpu"/);
    assert.doesNotMatch(whatToDo(true, mac), /enable-unsafe/);
  });
});
