import type { Random } from "../random/random.ts";
import { shuffle } from "../random/shuffle.ts";

/** Value of a coalition: bit i of `coalition` says whether player i has joined. */
export type CoalitionValue = (coalition: number) => number;

/** Most players for which all coalitions are valued. */
export const EXACT_SHAPLEY_PLAYERS = 8;

/**
 * Exact Shapley values: each player's average marginal contribution over all orders of joining.
 *
 *     phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! * (v(S + i) - v(S))
 *
 * They add up to v(all) - v(none). Every coalition is valued once: 2^players calls, so at most 8 players (throws beyond:
 * use `sampledShapleyValues`). Two players: v = (.10, .13, .11, .18) gives .05 and .03.
 * Source: Shapley 1953; algorithms specification, section 6.2.
 */
export function shapleyValues(players: number, value: CoalitionValue): readonly number[] {
  if (!Number.isInteger(players) || players < 0 || players > EXACT_SHAPLEY_PLAYERS) {
    throw new RangeError(`exact Shapley values take 0 to ${EXACT_SHAPLEY_PLAYERS} players, not ${players}`);
  }
  const values = Array.from({ length: 1 << players }, (_, coalition) => value(coalition));
  const weights = coalitionWeights(players);
  return Array.from({ length: players }, (_, player) => {
    let total = 0;
    for (let coalition = 0; coalition < values.length; coalition++) {
      if ((coalition & (1 << player)) !== 0) continue;
      const joined = values[coalition | (1 << player)] ?? 0;
      total += (weights[sizeOf(coalition)] ?? 0) * (joined - (values[coalition] ?? 0));
    }
    return total;
  });
}

/** |S|! (n - |S| - 1)! / n! by size of S. */
function coalitionWeights(players: number): readonly number[] {
  const weights: number[] = [];
  let weight = 1 / Math.max(1, players);
  for (let size = 0; size < players; size++) {
    weights.push(weight);
    weight *= (size + 1) / Math.max(1, players - size - 1);
  }
  return weights;
}

function sizeOf(coalition: number): number {
  let size = 0;
  for (let left = coalition; left !== 0; left &= left - 1) size += 1;
  return size;
}

export interface SampledShapley {
  readonly values: readonly number[];
  /** Standard error of each value over the sampled orders. */
  readonly standardErrors: readonly number[];
}

/**
 * Shapley values from random orders of joining, for up to 30 players.
 *
 * Each sampled order is used forwards and backwards (antithetic), and every pair adds up to v(all) - v(none) exactly, so
 * the estimates do too. Coalitions are valued once each. Cost: at most 2 * pairs * players calls of `value`.
 * Source: Castro, Gomez and Tejada 2009; algorithms specification, section 6.2 (200 permutations).
 */
export function sampledShapleyValues(
  players: number,
  value: CoalitionValue,
  random: Random,
  pairs = 100,
): SampledShapley {
  if (!Number.isInteger(players) || players < 1 || players > 30)
    throw new RangeError(`sampled Shapley values take 1 to 30 players, not ${players}`);
  if (pairs < 1) throw new RangeError("at least one pair of orders is needed");
  const known = new Map<number, number>();
  const worthOf = (coalition: number): number => {
    const held = known.get(coalition);
    if (held !== undefined) return held;
    const fresh = value(coalition);
    known.set(coalition, fresh);
    return fresh;
  };
  const sums = new Array<number>(players).fill(0);
  const squares = new Array<number>(players).fill(0);
  for (let pair = 0; pair < pairs; pair++) {
    const order = shuffle(
      random,
      Array.from({ length: players }, (_, player) => player),
    );
    const forward = contributions(order, worthOf);
    const backward = contributions([...order].reverse(), worthOf);
    for (let player = 0; player < players; player++) {
      const mean = ((forward[player] ?? 0) + (backward[player] ?? 0)) / 2;
      sums[player] = (sums[player] ?? 0) + mean;
      squares[player] = (squares[player] ?? 0) + mean * mean;
    }
  }
  const values = sums.map((sum) => sum / pairs);
  const standardErrors = squares.map((square, player) => {
    const mean = values[player] ?? 0;
    return pairs > 1 ? Math.sqrt(Math.max(0, square / pairs - mean * mean) / (pairs - 1)) : Number.POSITIVE_INFINITY;
  });
  return { values, standardErrors };
}

function contributions(order: readonly number[], worthOf: CoalitionValue): readonly number[] {
  const gained = new Array<number>(order.length).fill(0);
  let coalition = 0;
  let before = worthOf(0);
  for (const player of order) {
    coalition |= 1 << player;
    const after = worthOf(coalition);
    gained[player] = after - before;
    before = after;
  }
  return gained;
}
