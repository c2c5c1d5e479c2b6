// README's tables of attributes and events, from the manifest.

import type { ElementDeclaration, Named } from './manifest.ts'

/** Writes the tables anew where a text has the places for them. */
export function replaceTables(text: string, element: ElementDeclaration): string {
  return Object.entries(tables(element)).reduce((before, [name, table]) => {
    const place = new RegExp(`(<!-- ${name}: [^\\n]*-->\\n)[\\s\\S]*?(\\n<!-- end -->)`)
    if (!place.test(before)) throw new Error(`there is no place for the table of ${name}`)
    return before.replace(place, (_, start, end) => `${start}\n${table}\n${end}`)
  }, text)
}

function tables({ members, events }: ElementDeclaration): Record<string, string> {
  const settable = members.filter(({ kind, readonly }) => kind === 'field' && readonly !== true)
  return {
    attributes: print(
      ['attribute', 'property', 'what it is', 'default'],
      settable.map((each) => [
        each.attribute === undefined ? '–' : `\`${each.attribute}\``,
        `\`${each.name}\``,
        said(each),
        usual(each)
      ])
    ),
    events: print(
      ['event', '`detail`'],
      events.map((each) => [`\`${each.name}\``, said(each)])
    )
  }
}

const usual = ({ default: value = '–' }: Named): string =>
  value === '–' || value === 'none' ? value : `\`${value}\``

const said = ({ description = '' }: Named): string => description.replaceAll(/\s+/g, ' ')

function print(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}
