// The reference's tables of the element, from its manifest.

import { type ElementDeclaration, type Named, sentenceOf, settableOf } from './manifest.ts'

/**
 * Writes the tables anew that a text has places for.
 *
 * @throws when it has a place for a table that does not exist, or none for one that does
 */
export function replaceTables(text: string, element: ElementDeclaration): string {
  const tables = new Map(Object.entries(tablesOf(element)))
  const place = /(<!-- ([\w-]+): written by `npm run reference` -->\n)[\s\S]*?(\n<!-- end -->)/g
  const replaced = text.replace(place, (_, start: string, name: string, end: string) => {
    const table = tables.get(name)
    if (table === undefined) throw new Error(`there is no table of ${name}`)
    tables.delete(name)
    return `${start}\n${table}\n${end}`
  })
  const [left] = tables.keys()
  if (left !== undefined) throw new Error(`there is no place for the table of ${left}`)
  return replaced
}

function tablesOf(element: ElementDeclaration): Record<string, string> {
  const described = (heading: string, rows: readonly Named[]): string =>
    print([heading, 'what it is'], rows.map(describe))
  return {
    attributes: print(
      ['attribute', 'property', 'what it is', 'default'],
      settableOf(element).map((each) => [
        each.attribute === undefined ? '–' : `\`${each.attribute}\``,
        `\`${each.name}\``,
        sentenceOf(each),
        usual(each)
      ])
    ),
    properties: described(
      'read-only property',
      element.members.filter(({ kind, readonly }) => kind === 'field' && readonly === true)
    ),
    methods: print(
      ['method', 'what it does'],
      element.members
        .filter(({ kind }) => kind === 'method')
        .map((each) => [`\`${each.name}()\``, sentenceOf(each)])
    ),
    events: print(['event', '`detail`'], element.events.map(describe)),
    slots: described('slot', element.slots),
    parts: described('part', element.cssParts),
    states: described('state', element.cssStates),
    'custom-properties': described('custom property', element.cssProperties)
  }
}

const describe = (each: Named): string[] => [`\`${each.name}\``, sentenceOf(each)]

const usual = ({ default: value = '–' }: Named): string =>
  value === '–' || value === 'none' ? value : `\`${value}\``

function print(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}
