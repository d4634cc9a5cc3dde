/**
 * Fewest labelled rows after a change before retraining is worth trying.
 *
 * With a fitted learning curve loss(n) = a + b n^-c, the rows at which the loss is within `tolerance` of its limit a:
 * n = (b / tolerance)^(1/c). Without one, ten rows per parameter, or 2000 when the number of parameters is not known.
 * Cost: O(1). Source: algorithms specification, section 12.
 */
export function rowsToRetrain(
  knowledge:
    | { readonly kind: "curve"; readonly scale: number; readonly exponent: number; readonly tolerance: number }
    | { readonly kind: "parameters"; readonly parameters: number }
    | { readonly kind: "unknown" },
): number {
  switch (knowledge.kind) {
    case "curve": {
      const { scale, exponent, tolerance } = knowledge;
      if (!(scale > 0 && exponent > 0 && tolerance > 0))
        throw new RangeError("a learning curve needs positive scale, exponent and tolerance");
      return Math.ceil((scale / tolerance) ** (1 / exponent));
    }
    case "parameters":
      return Math.max(1, Math.ceil(10 * knowledge.parameters));
    case "unknown":
      return 2000;
  }
}
