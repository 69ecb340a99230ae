import type { Person, Plan, PlanPoint, Voter } from '../conduct/board';

/** Who is expected where, and who votes: changes of a plan that is being edited. Each gives a new plan. */

export function withPoint(plan: Plan, id: string, part: { readonly leader?: Person; readonly expected?: number }): Plan {
  return { ...plan, points: plan.points.map((point) => (point.id === id ? { ...point, ...part } : point)) };
}

/** The same number for every point that has none yet. */
export function withHeads(plan: Plan, heads: number): Plan {
  return { ...plan, points: plan.points.map((point) => ((point.expected ?? 0) > 0 ? point : { ...point, expected: heads })) };
}

export function invited(plan: Plan): number {
  return plan.points.reduce((sum, point) => sum + (point.expected ?? 0), 0);
}

function known(point: PlanPoint, people: readonly Person[]): Person | undefined {
  const named = people.filter((person) => person.name === point.leader?.name);
  const here = named.filter((person) => person.unit === point.unit || person.unit === point.name);
  return named.length === 1 ? named[0] : here.length === 1 ? here[0] : undefined;
}

/** Leaders whom the map of points names are those of the directory, so that they may answer and see their meeting. */
export function withKnownLeaders(plan: Plan, people: readonly Person[]): Plan {
  return {
    ...plan,
    points: plan.points.map((point) => {
      if (!point.leader || point.leader.id !== undefined) return point;
      const leader = known(point, people);
      return leader ? { ...point, leader } : point;
    }),
  };
}

/** Who is not in the directory has an id in this list alone: he is counted when hands are shown, and cannot vote by name. */
function idOf(person: Person, voters: readonly Voter[]): string {
  if (person.id !== undefined) return person.id;
  let number = voters.length + 1;
  while (voters.some((voter) => voter.person === `ngoai-danh-ba-${number}`)) number++;
  return `ngoai-danh-ba-${number}`;
}

export function addVoter(voters: readonly Voter[], person: Person, point: string): readonly Voter[] {
  const name = person.name.trim();
  if (name === '' || voters.some((voter) => voter.person === person.id)) return voters;
  return [...voters, { person: idOf(person, voters), name, point }];
}

export function dropVoter(voters: readonly Voter[], index: number): readonly Voter[] {
  return voters.filter((_, each) => each !== index);
}

export function moveVoter(voters: readonly Voter[], index: number, point: string): readonly Voter[] {
  return voters.map((voter, each) => (each === index ? { ...voter, point } : voter));
}

/** The chair at the main point and the head of every point, where they are named. */
export function leadersVote(plan: Plan, voters: readonly Voter[]): readonly Voter[] {
  const all = [{ person: plan.people.chair, point: plan.main }, ...plan.points.map((point) => ({ person: point.leader, point: point.id }))];
  return all.reduce<readonly Voter[]>((list, { person, point }) => {
    if (!person || list.some((voter) => voter.name === person.name && voter.point === point)) return list;
    return addVoter(list, person, point);
  }, voters);
}
