import { hypergeometricProbability, type Urn } from "../special/hypergeometric.ts";
import type { Random } from "./random.ts";

/**
 * One draw of the number of marked balls in `drawn` balls taken from an urn without replacement, exact.
 *
 * Shapes: whole numbers, marked and drawn at most total. Method: inversion outward from the mode. Cost: O(standard
 * deviation) multiplications and one probability; trivial urns draw nothing.
 */
export function sampleHypergeometric(random: Random, urn: Urn): number {
  const { total, marked, drawn } = urn;
  const least = Math.max(0, marked + drawn - total);
  const most = Math.min(marked, drawn);
  if (least === most) return least;
  const mode = Math.min(most, Math.max(least, Math.floor(((marked + 1) * (drawn + 1)) / (total + 2))));
  let above = hypergeometricProbability(mode, urn);
  let below = above;
  let left = random.next() - above;
  let up = mode;
  let down = mode;
  while (left > 0 && (up < most || down > least)) {
    if (up < most) {
      above *= ((marked - up) / (up + 1)) * ((drawn - up) / (total - marked - drawn + up + 1));
      up += 1;
      left -= above;
      if (left <= 0) return up;
    }
    if (down > least) {
      below *= (down / (marked - down + 1)) * ((total - marked - drawn + down) / (drawn - down + 1));
      down -= 1;
      left -= below;
      if (left <= 0) return down;
    }
    if (above + below < 1e-300) break;
  }
  return mode;
}
