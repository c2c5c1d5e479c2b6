// Writes the tables of the element's reference that have their source in the code.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { elementOf, readManifest } from './manifest.ts'
import { replaceTables } from './reference-tables.ts'

const REFERENCE = join(import.meta.dirname, '../element/README.md')

const text = await readFile(REFERENCE, 'utf8')
await writeFile(REFERENCE, replaceTables(text, elementOf(await readManifest())))
