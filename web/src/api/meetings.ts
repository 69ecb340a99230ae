import type { Person, Plan } from '../conduct/board';
import { timeAt } from '../office/day';
import { call, get, send } from './call';

/** The desk's part of the API: meetings as they are planned. Names are those of meeting/desk. */

export type MeetingState = 'du-thao' | 'da-phat-hanh' | 'hoan' | 'huy';

export interface MeetingLine {
  readonly id: string;
  readonly title: string;
  readonly type: string;
  readonly host: string;
  readonly chair?: string;
  readonly start?: string;
  readonly end?: string;
  readonly state: MeetingState;
  readonly version: number;
  readonly main?: string;
  readonly points: number;
  readonly invited: number;
  /** Meetings of the list at the same time that share a point, a person or a room with it. */
  readonly overlaps?: readonly string[];
  readonly mine?: Asked;
}

/** What whoever is signed in may do in a meeting of a list, and what is waited for from him. */
export interface Asked {
  readonly rights: readonly string[];
  /** The point that he answers for. */
  readonly point?: string;
  /** What it answered; absent once the meeting has begun. */
  readonly answer?: Reply['answer'];
  readonly withoutPapers?: number;
  readonly untested?: number;
}

export interface FieldProblem {
  readonly code: string;
  readonly field: string;
  readonly name?: string;
  readonly value?: string;
  readonly message: string;
}

export interface Conflict {
  readonly meeting?: string;
  readonly text: string;
  readonly start: string;
  readonly end: string;
}

export interface Deadlines {
  readonly papers: string;
  readonly notice: string;
}

export interface MeetingView {
  readonly id: string;
  readonly revision: number;
  readonly state: MeetingState;
  readonly version: number;
  readonly plan: Plan;
  readonly missing: readonly FieldProblem[];
  readonly deadlines?: Deadlines;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly mine: { readonly rights: readonly string[]; readonly point?: string; readonly edit: boolean };
}

export interface CheckResult {
  readonly ready: boolean;
  readonly problems: readonly FieldProblem[];
  readonly conflicts: readonly Conflict[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly deadlines?: Deadlines;
}

export interface PointRecord {
  readonly id: string;
  readonly parent?: string;
  readonly name: string;
  readonly kind: string;
  readonly unit?: string;
  readonly contact?: string;
  readonly phone?: string;
  readonly line?: number;
}

export interface Paper {
  readonly id: string;
  readonly item: string;
  readonly name: string;
  readonly size: number;
  readonly recalled?: string;
  readonly scope?: PaperScope;
  readonly units?: readonly string[] | null;
  readonly named?: readonly string[] | null;
  readonly from?: string;
  readonly until?: string;
}

/** All of the meeting, points and units, or people by name (SCH-04). */
export type PaperScope = 'tat-ca' | 'cung-don-vi' | 'dich-danh';

/** Who may read a paper, and from when to when. */
export interface PaperAccess {
  readonly scope: PaperScope;
  readonly units?: readonly string[];
  readonly named?: readonly string[];
  readonly from?: string;
  readonly until?: string;
}

export interface Reply {
  readonly point: string;
  readonly answer: 'chua-phan-hoi' | 'tham-du' | 'vang' | 'cu-nguoi-du-thay';
  readonly reason?: string;
  readonly substitute?: Person;
  readonly consent?: 'cho-duyet' | 'dong-y' | 'khong-dong-y';
  /** The point opened the newest announcement, or an older one (SCH-09). */
  readonly seen?: 'newest' | 'older';
}

interface Page<T> {
  readonly items: readonly T[];
}

const of = (meeting: string): string => `/api/meetings/${encodeURIComponent(meeting)}`;

function listOf<T>(answer: Page<T> | readonly T[]): readonly T[] {
  return 'items' in answer ? answer.items : answer;
}

/** Meetings that begin from the first day on and before the last; days are this machine's. */
export async function fetchMeetings(fromDay: string, toDay: string): Promise<readonly MeetingLine[]> {
  const [from = '', to = ''] = [fromDay, toDay].map((day) => timeAt(day, '00:00'));
  return listOf(await get<Page<MeetingLine>>(`/api/meetings?${new URLSearchParams({ from, to, limit: '200' }).toString()}`));
}

/** Lists that are still empty come as null. */
function whole(view: MeetingView): MeetingView {
  const { plan } = view;
  return { ...view, plan: { ...plan, people: plan.people ?? {}, points: plan.points ?? [], agenda: plan.agenda ?? [], secrecy: plan.secrecy ?? '', main: plan.main ?? '' } };
}

export const fetchMeeting = async (id: string): Promise<MeetingView> => whole(await get(of(id)));
export const fetchPapers = async (id: string): Promise<readonly Paper[]> => listOf(await get<Page<Paper>>(`${of(id)}/papers`));

export async function fetchReplies(id: string): Promise<readonly Reply[]> {
  const lines = listOf(await get<Page<{ readonly point: string; readonly reply: Omit<Reply, 'point' | 'seen'>; readonly seen?: number; readonly upToDate?: boolean }>>(`${of(id)}/replies`));
  return lines.map((line) => ({ ...line.reply, point: line.point, ...(line.upToDate ? { seen: 'newest' } : (line.seen ?? 0) > 0 ? { seen: 'older' } : {}) }) as const);
}

export async function fetchPeople(): Promise<readonly Person[]> {
  const people = listOf(await get<Page<Person & { readonly unitName?: string; readonly closed?: boolean }>>('/api/people'));
  return people.filter((person) => person.closed !== true).map(({ id, name, position, unitName }) => ({ name, ...(id ? { id } : {}), ...(position ? { position } : {}), ...(unitName ? { unit: unitName } : {}) }));
}

export async function fetchPoints(on: string): Promise<readonly PointRecord[]> {
  const answer = await get<Page<PointRecord> | { points: readonly PointRecord[] } | readonly PointRecord[]>(`/api/points?on=${on}`);
  return 'points' in answer ? answer.points : listOf(answer);
}

export async function createMeeting(draft: { type: string; title?: string; start?: string; end?: string; secrecy?: string }): Promise<MeetingView> {
  return send('POST', '/api/meetings', draft);
}

export interface EditReason {
  readonly why?: string;
  readonly text?: string;
  /** The collisions were seen. */
  readonly despite?: boolean;
}

export async function saveMeeting(view: MeetingView, plan: Plan, reason: EditReason = {}): Promise<MeetingView> {
  return whole(await send('PUT', of(view.id), { plan, ...reason }, { 'If-Match': `"${view.revision}"` }));
}

/** What stands against a plan that is not saved. */
export const checkPlan = async (plan: Plan): Promise<CheckResult> => send('POST', '/api/meetings/check', { plan });

export const checkMeeting = async (id: string): Promise<CheckResult> => get(`${of(id)}/check`);

export async function publishMeeting(id: string, answers: { reason?: string; despite?: boolean }): Promise<MeetingView> {
  return whole(await send('POST', `${of(id)}/publish`, answers));
}

export async function putOff(id: string, how: 'postpone' | 'cancel', reason: EditReason): Promise<MeetingView> {
  return send('POST', `${of(id)}/${how}`, reason);
}

export interface NewReply {
  readonly answer: Exclude<Reply['answer'], 'chua-phan-hoi'>;
  readonly reason?: string;
  readonly substitute?: Person;
}

/** Agrees to a substitute, or not (SCH-05). */
export async function consent(meeting: string, point: string, agree: boolean): Promise<void> {
  await send('POST', `${of(meeting)}/points/${encodeURIComponent(point)}/consent`, { agree });
}

/** A point's own link to its invitation, and the same as a picture to be photographed. */
export const fetchPointLink = async (meeting: string, point: string): Promise<{ readonly link: string; readonly qr: string }> => get(`${of(meeting)}/points/${encodeURIComponent(point)}/link`);

/** The bytes of a paper; the bridge holds scope and window, and logs the opening. */
export const paperPath = (meeting: string, paper: string): string => `${of(meeting)}/papers/${encodeURIComponent(paper)}/content`;

export async function reply(meeting: string, point: string, answer: NewReply): Promise<void> {
  await send('POST', `${of(meeting)}/points/${encodeURIComponent(point)}/reply`, answer);
}

/** How papers go up: with the reason of sending late (SCH-02), and for nobody but him who sends until others are chosen. */
export interface Sending {
  readonly reason?: string;
  readonly only?: string;
}

/** Sets who may read a paper, as long as nobody else did meanwhile. */
export async function savePaper(meeting: string, paper: Paper, access: PaperAccess): Promise<void> {
  const path = `${of(meeting)}/papers/${encodeURIComponent(paper.id)}`;
  const etag = (await call(path)).headers.get('ETag') ?? '';
  await send('PUT', path, { item: paper.item, ...access }, { 'If-Match': etag });
}

/** Papers go up with their progress: fetch cannot tell it. */
export async function uploadPaper(meeting: string, item: string, file: File, progress: (part: number) => void, sending: Sending): Promise<void> {
  const query = new URLSearchParams({ name: file.name, item, ...(sending.only === undefined ? { scope: 'tat-ca' } : { scope: 'dich-danh', named: sending.only }), ...(sending.reason ? { reason: sending.reason } : {}) });
  await new Promise<void>((done, fail) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${of(meeting)}/papers?${query.toString()}`);
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
    request.upload.addEventListener('progress', (event) => progress(event.total > 0 ? event.loaded / event.total : 0));
    request.addEventListener('load', () => (request.status < 300 ? done() : fail(new Error(String(request.status)))));
    request.addEventListener('error', () => fail(new Error('unreachable')));
    request.send(file);
  });
}

/** Takes one paper back: nobody reads it any more (SCH-04). */
export async function recallPaper(meeting: string, paper: string): Promise<void> {
  await send('POST', `${of(meeting)}/papers/recall`, { papers: [paper] });
}

/** A test run: the room of the meeting at another time, never recorded (SCH-06). */
export interface Rehearsal {
  readonly id?: string;
  readonly start: string;
  readonly end: string;
  readonly off?: boolean;
}

export const fetchRehearsals = async (meeting: string): Promise<readonly Rehearsal[]> => listOf(await get<Page<Rehearsal>>(`${of(meeting)}/rehearsals`));
export const planRehearsal = async (meeting: string, start: string, end: string): Promise<unknown> => send('POST', `${of(meeting)}/rehearsals`, { start, end });
