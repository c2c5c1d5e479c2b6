// What frameworks and editors need to know of the tag, written from the manifest.

import {
  type ElementDeclaration,
  type Member,
  type Named,
  sentenceOf,
  settableOf
} from './manifest.ts'

/** Each framework's own name for the place where tags are known. */
const REACT = `import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { FilHeartbeatElement } from '../element/index.js';
import type { FilHeartbeatAttributes, FilHeartbeatListeners, FilHeartbeatProperties } from './attributes.js';
declare module 'react' {
    namespace JSX {
        interface IntrinsicElements {
            'fil-heartbeat': FilHeartbeatAttributes & FilHeartbeatProperties & FilHeartbeatListeners<'on'> & DetailedHTMLProps<HTMLAttributes<FilHeartbeatElement>, FilHeartbeatElement>;
        }
    }
}
export {};
`

const VUE = `import type { DefineComponent, HTMLAttributes } from 'vue';
import type { FilHeartbeatEvents } from '../element/index.js';
import type { FilHeartbeatAttributes, FilHeartbeatProperties } from './attributes.js';
type Emits = {
    [Type in keyof FilHeartbeatEvents]: (event: FilHeartbeatEvents[Type]) => void;
};
declare module 'vue' {
    interface GlobalComponents {
        'fil-heartbeat': DefineComponent<FilHeartbeatAttributes & FilHeartbeatProperties & HTMLAttributes, {}, {}, {}, {}, {}, {}, Emits>;
    }
}
export {};
`

const SVELTE = `import type { HTMLAttributes } from 'svelte/elements';
import type { FilHeartbeatElement } from '../element/index.js';
import type { FilHeartbeatAttributes, FilHeartbeatListeners, FilHeartbeatProperties } from './attributes.js';
declare module 'svelte/elements' {
    interface SvelteHTMLElements {
        'fil-heartbeat': FilHeartbeatAttributes & FilHeartbeatProperties & FilHeartbeatListeners<'on'> & FilHeartbeatListeners<'on:'> & HTMLAttributes<FilHeartbeatElement>;
    }
}
export {};
`

/** The declarations that frameworks take, by the name of the file. */
export function frameworkTypes(element: ElementDeclaration): Record<string, string> {
  return {
    'attributes.d.ts': attributeTypes(element),
    'react.d.ts': REACT,
    'vue.d.ts': VUE,
    'svelte.d.ts': SVELTE
  }
}

function attributeTypes(element: ElementDeclaration): string {
  const settable = settableOf(element)
  // Where attribute and property have one name, the property's type has the attribute's in it.
  const named = new Set(settable.map(({ name }) => name))
  const own = element.attributes.filter(({ name }) => !named.has(name)).map(printAttribute)
  return `import type { FilHeartbeatElement, FilHeartbeatEvents } from '../element/index.js';
/** The attributes of the element that have another name than their property. */
export interface FilHeartbeatAttributes {
${own.join('\n')}
}
/** The element's properties, as a template may set them. */
export interface FilHeartbeatProperties {
${settable.map(printProperty).join('\n')}
}
/** A listener for each event of the element. */
export type FilHeartbeatListeners<Prefix extends string> = {
    [Type in keyof FilHeartbeatEvents as \`\${Prefix}\${Type}\`]?: ((event: FilHeartbeatEvents[Type]) => void) | undefined;
};
`
}

const printAttribute = (attribute: Named): string =>
  printOption(attribute, `'${attribute.name}'`, `${attribute.type?.text} | undefined`)

const printProperty = (member: Member): string =>
  printOption(member, member.name, `FilHeartbeatElement['${member.name}']`)

function printOption(each: Named, name: string, type: string): string {
  const text = sentenceOf(each)
  const said = each.default === undefined ? text : `${text}. @default ${each.default}`
  return `    /** ${said} */\n    ${name}?: ${type};`
}

/** VS Code's custom data for HTML: completes the tag and its attributes. */
export function editorData(element: ElementDeclaration): unknown {
  const described = element.attributes.map((attribute) => {
    const values = [...(attribute.type?.text ?? '').matchAll(/'([^']+)'/g)]
    return {
      name: attribute.name,
      description: sentenceOf(attribute),
      ...(values.length > 0 && { values: values.map(([, value]) => ({ name: value })) })
    }
  })
  return {
    version: 1.1,
    tags: [{ name: element.tagName, description: sentenceOf(element), attributes: described }]
  }
}
