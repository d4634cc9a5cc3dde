/**
 * The weight γ_j of the j-th test after a (re)start in online false discovery control: `.07720838·ln(max(j,2))/(j·e^{√ln j})`.
 *
 * Positive, falling, summing to at most one over j = 1, 2, …; 0 for j < 1. Source: Javanmard & Montanari (2018).
 */
export function onlineWeight(j: number): number {
  if (!(j >= 1)) return 0;
  return (0.07720838 * Math.log(Math.max(j, 2))) / (j * Math.exp(Math.sqrt(Math.log(j))));
}
