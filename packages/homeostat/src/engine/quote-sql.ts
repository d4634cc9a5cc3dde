/**
 * A string literal for ClickHouse SQL. Backslash and quote are escaped, and so is NUL, which would end the text for
 * some readers; a lone surrogate becomes U+FFFD when the text is encoded, which cannot close a quote.
 * Property-tested against the engine: every text comes back as itself.
 */
export function sqlString(text: string): string {
  return `'${text.replaceAll(/[\\'\0]/g, (char) => (char === "\0" ? "\\0" : `\\${char}`))}'`;
}

/** A quoted identifier for ClickHouse SQL. @see sqlString */
export function sqlName(name: string): string {
  return `\`${name.replaceAll(/[\\`\0]/g, (char) => (char === "\0" ? "\\0" : `\\${char}`))}\``;
}

/**
 * The value of a query parameter of type String as the engine reads it (tab-separated escaping), e.g. for
 * `param_x` in a URL: backslash, tab, line feed, carriage return and NUL are escaped.
 */
export function parameterText(text: string): string {
  return text.replaceAll(/[\\\t\n\r\0]/g, (char) => parameterEscapes[char] ?? char);
}

const parameterEscapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  "\0": "\\0",
};
