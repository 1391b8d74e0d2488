/** From a data source of a specification to samples in memory. Each fault comes back under the field that names the file. */
import { Random } from '../random';
import { SpecificationError, type DataSource } from '../run/specification';
import { parseCsv } from './csv/parse';
import type { Dataset } from './dataset';
import { baseName, FileError, type Files } from './files';
import { findGenerator } from './generators';
import { idxDataset, readImages, readLabels } from './idx';
import { largestCsv, largestFile } from './limits';

/**
 * Reads or makes the data.
 * @param source complete: every setting of a generator is there
 * @param seed of a generator's numbers
 * @throws SpecificationError
 */
export async function loadData(source: DataSource, seed: number, files: Files): Promise<Dataset> {
  if (isIdx(source)) {
    const { images: imagesPath, labels: labelsPath } = source.idx;
    const images = await blame('problem.data.idx.images', async () =>
      readImages(await files.read(imagesPath, largestFile), baseName(imagesPath)),
    );
    const labels = await blame('problem.data.idx.labels', async () =>
      readLabels(await files.read(labelsPath, largestFile), baseName(labelsPath)),
    );
    return blame('problem.data.idx.labels', () => idxDataset(images, labels, source.idx));
  }
  if (isCsv(source)) return blame('problem.data.csv.file', async () => parseCsv(await files.read(source.csv.file, largestCsv), source.csv));
  const generator = findGenerator(source.generator);
  if (!generator) throw new SpecificationError('problem.data.generator', `there is no generator ${JSON.stringify(source.generator)}.`);
  const { generator: _name, heldOut: _heldOut, labelNoise: _noise, randomLabels: _random, ...values } = source;
  return generator.generate(values as Readonly<Record<string, number>>, new Random(seed, 'data'));
}

type IdxSource = Extract<DataSource, { idx: unknown }>;
type CsvSource = Extract<DataSource, { csv: unknown }>;

export const isIdx = (source: DataSource): source is IdxSource => 'idx' in source;
export const isCsv = (source: DataSource): source is CsvSource => 'csv' in source;

/** Lets a fault of a file come out under the field that names it. */
export async function blame<Result>(path: string, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof FileError ? new SpecificationError(path, error.message) : error;
  }
}
