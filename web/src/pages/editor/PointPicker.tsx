import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PointRecord } from '../../api/meetings';
import type { Plan } from '../../conduct/board';
import { plain } from '../../conduct/technician';
import { withMain, withPoints } from '../../office/draft';
import { Panel } from '../../parts/Panel';
import classes from './PointPicker.module.css';

interface PointPickerProps {
  readonly plan: Plan;
  readonly map: readonly PointRecord[];
  readonly onPlan: (plan: Plan) => void;
}

interface Branch {
  readonly record: PointRecord;
  readonly depth: number;
}

/** The tree of any depth in one list; a point whose parent is not on the map stands at the top. */
function branches(map: readonly PointRecord[]): Branch[] {
  const known = new Set(map.map((record) => record.id));
  const below = (parent: string, depth: number): Branch[] =>
    map.flatMap((record) => {
      const above = record.parent && known.has(record.parent) ? record.parent : '';
      return above === parent ? [{ record, depth }, ...below(record.id, depth + 1)] : [];
    });
  return below('', 0);
}

/** Points are taken from the map; a whole branch by one press. */
export function PointPicker({ plan, map, onPlan }: PointPickerProps) {
  const { t } = useTranslation();
  const [find, setFind] = useState('');
  const chosen = new Set(plan.points.map((point) => point.id));
  const wanted = plain(find.trim());
  const tree = branches(map).filter(({ record }) => wanted === '' || plain(record.name).includes(wanted));
  const set = (ids: ReadonlySet<string>) => onPlan(withPoints(plan, map, ids));
  const turn = (id: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    set(next);
  };
  return (
    <Panel title={t('editor.points')} aside={t('editor.chosen', { count: plan.points.length })}>
      <div className={classes.fields}>
        <Select
          size="sm"
          label={t('editor.main')}
          searchable
          value={plan.main === '' ? null : plan.main}
          data={map.map((record) => ({ value: record.id, label: record.name }))}
          onChange={(main) => onPlan(withMain(plan, map, main ?? ''))}
          comboboxProps={{ transitionProps: { duration: 0 } }}
        />
        <div className={classes.row}>
          <TextInput size="sm" aria-label={t('editor.findPoint')} placeholder={t('editor.findPoint')} value={find} onChange={(event) => setFind(event.currentTarget.value)} />
          <Button size="sm" variant="default" onClick={() => set(new Set([...chosen, ...tree.map(({ record }) => record.id)]))}>
            {t('editor.all')}
          </Button>
          <Button size="sm" variant="default" onClick={() => set(new Set())}>
            {t('editor.clear')}
          </Button>
        </div>
        <ul className={classes.tree} data-testid="tree">
          {tree.map(({ record, depth }) => (
            <li key={record.id} style={{ paddingLeft: depth * 22 }}>
              <Checkbox label={record.name} checked={chosen.has(record.id)} disabled={record.id === plan.main} onChange={(event) => turn(record.id, event.currentTarget.checked)} />
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}
