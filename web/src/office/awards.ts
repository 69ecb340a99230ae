import type { Award, Plan } from '../conduct/board';

/** Changes of a plan's list of awards. Each gives a new plan. */

const all = (plan: Plan): readonly Award[] => plan.awards ?? [];

/** A new line begins with the words of the line above: most recipients of a day get the same award by the same decision. */
export function addAward(plan: Plan): Plan {
  const above = all(plan).at(-1);
  return { ...plan, awards: [...all(plan), { decision: above?.decision ?? '', award: above?.award ?? '', to: '' }] };
}

/** An empty place is the main point. */
export function withAward(plan: Plan, index: number, part: Partial<Award>): Plan {
  return {
    ...plan,
    awards: all(plan).map((award, each) => {
      if (each !== index) return award;
      const { point, ...rest } = { ...award, ...part };
      return point ? { ...rest, point } : rest;
    }),
  };
}

export function dropAward(plan: Plan, index: number): Plan {
  return { ...plan, awards: all(plan).filter((_, each) => each !== index) };
}

export function raiseAward(plan: Plan, index: number): Plan {
  const awards = [...all(plan)];
  const [award] = awards.splice(index, 1);
  if (!award || index === 0) return plan;
  awards.splice(index - 1, 0, award);
  return { ...plan, awards };
}
