/** Stored results of the routing report: one section run again keeps what the others found. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { StoredSection } from '../bench/stored-section.ts';
import type { Figure } from '../bench/section.ts';
import { DataError, isMissingFile } from '../errors.ts';

const sectionSchema = z.object({
  id: z.string(),
  title: z.string(),
  markdown: z.string(),
  rows: z.array(z.record(z.string(), z.unknown())),
  figures: z.array(z.string()),
  settings: z.object({ seeds: z.number(), resamples: z.number(), artifact: z.string() }),
});

const fileSchema = z.object({ benchmark: z.literal('routing'), sections: z.array(sectionSchema) });

/** Sections of `FOLDER/routing.json`; none where the file is absent. Throws DataError for a file of another kind. */
export const loadStoredSections = async (folder: string): Promise<readonly StoredSection[]> => {
  const file = join(folder, 'routing.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
  const parsed = fileSchema.safeParse(JSON.parse(text));
  if (!parsed.success) {
    throw new DataError(`${file}: not results of this benchmark. Move it away, or choose another --out.`, {
      cause: parsed.error,
    });
  }
  return parsed.data.sections;
};

/** Results alone, without table and ledger: what a run that goes on has so far. */
export const saveSections = async (folder: string, sections: readonly StoredSection[]): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'routing.json'), `${JSON.stringify({ benchmark: 'routing', sections }, null, 2)}\n`);
};

/** The new sections, and of the stored ones those that did not run again, in the order of `ids`. */
export const mergeSections = (
  stored: readonly StoredSection[],
  fresh: readonly StoredSection[],
  ids: readonly string[],
): readonly StoredSection[] =>
  ids.flatMap((id) => fresh.find((section) => section.id === id) ?? stored.find((section) => section.id === id) ?? []);

/** Writes figures to the folder `figures` beside the document; returns their paths. */
export const writeFigures = async (folder: string, figures: readonly Figure[]): Promise<readonly string[]> => {
  if (figures.length === 0) return [];
  const target = join(folder, 'figures');
  await mkdir(target, { recursive: true });
  return Promise.all(
    figures.map(async ({ file, svg }) => {
      await writeFile(join(target, file), svg);
      return join(target, file);
    }),
  );
};
