import { Button, SegmentedControl, Select } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { pointName, timeCode } from '../../archive/lanes';
import { rates, type Player, type State } from '../../archive/player';
import { layouts, type Layout } from '../../archive/scene';
import classes from './Player.module.css';

interface PlayerControlsProps {
  readonly player: Player;
  readonly state: State;
  readonly layout: Layout;
  readonly onLayout: (layout: Layout) => void;
  readonly point: string | null;
  readonly onPoint: (point: string) => void;
  /** Captions are shown; null where there are none. */
  readonly captions: boolean | null;
  readonly onCaptions: (on: boolean) => void;
}

/** Play, steps, speed, layout, and a link to this second. */
export function PlayerControls({ player, state, layout, onLayout, point, onPoint, captions, onCaptions }: PlayerControlsProps) {
  const { t } = useTranslation();
  const { detail } = player;
  const points = [...new Set(detail.tracks.flatMap((track) => (track.point !== undefined && !track.screen ? [track.point] : [])))];
  const copy = async () => {
    const url = new URL(window.location.href);
    url.searchParams.set('t', ((state.cut?.from ?? state.time) / 1000).toFixed(1));
    if (state.cut) url.searchParams.set('to', (state.cut.to / 1000).toFixed(1));
    else url.searchParams.delete('to');
    await navigator.clipboard.writeText(url.toString());
    notifications.show({ message: t('player.linked') });
  };
  return (
    <div className={classes.controls}>
      <div className={classes.group}>
        <Button onClick={() => player.toggle()} className={classes.play}>
          {state.playing ? t('player.pause') : t('player.play')}
        </Button>
        <Button variant="default" onClick={() => player.skip(-10_000)} aria-label={t('player.back')}>
          −10
        </Button>
        <Button variant="default" onClick={() => player.skip(10_000)} aria-label={t('player.on')}>
          +10
        </Button>
        <Button variant="default" onClick={() => player.frame(-1)} aria-label={t('player.frameBack')}>
          ‹
        </Button>
        <Button variant="default" onClick={() => player.frame(1)} aria-label={t('player.frameOn')}>
          ›
        </Button>
      </div>
      <span className={classes.time} data-testid="time">
        {timeCode(state.time)} / {timeCode(detail.length)}
      </span>
      <Select
        className={classes.rate}
        size="sm"
        aria-label={t('player.rate')}
        allowDeselect={false}
        data={rates.map((rate) => ({ value: String(rate), label: `${String(rate).replace('.', ',')}×` }))}
        value={String(state.rate)}
        onChange={(value) => player.setRate(Number(value))}
      />
      <Select
        className={classes.sound}
        size="sm"
        aria-label={t('player.heard')}
        allowDeselect={false}
        data={[{ value: 'mix', label: t('player.mix'), disabled: !state.mixed }, { value: 'voices', label: t('player.voices') }, ...points.map((each) => ({ value: `=${each}`, label: t('player.alone', { name: pointName(detail, each) }) }))]}
        value={typeof state.sound === 'object' ? `=${state.sound.point}` : state.sound}
        onChange={(value) => value !== null && player.listenTo(value === 'mix' || value === 'voices' ? value : { point: value.slice(1) })}
      />
      <Button variant="default" onClick={() => player.setMuted(!state.muted)}>
        {state.muted ? t('player.unmute') : t('player.mute')}
      </Button>
      {captions !== null && (
        <Button variant={captions ? 'light' : 'default'} aria-pressed={captions} onClick={() => onCaptions(!captions)} title="C">
          {t('player.captions')}
        </Button>
      )}
      <Button variant="default" onClick={() => void copy()}>
        {state.cut ? t('player.linkCut') : t('player.link')}
      </Button>
      <div className={classes.group} role="group" aria-label={t('player.cut')}>
        <Button variant="default" onClick={() => player.markHere('from')} title="I">
          {t('player.cutFrom')}
        </Button>
        <Button variant="default" onClick={() => player.markHere('to')} title="O">
          {t('player.cutTo')}
        </Button>
        {state.cut && (
          <Button variant="default" onClick={() => player.mark(null)} data-testid="cut">
            {timeCode(state.cut.from)}–{timeCode(state.cut.to)} ✕<span className="visually-hidden">{t('player.cutNone')}</span>
          </Button>
        )}
      </div>
      <div className={classes.group}>
        <SegmentedControl
          className={classes.layouts}
          transitionDuration={0}
          size="sm"
          aria-label={t('player.layout')}
          value={layout}
          onChange={(value) => onLayout(layouts.find((each) => each === value) ?? 'seen')}
          data={layouts.map((each) => ({ value: each, label: t(`player.layouts.${each}`) }))}
        />
        {layout === 'one' && (
          <Select size="sm" aria-label={t('player.point')} data={points.map((each) => ({ value: each, label: pointName(detail, each) }))} value={point ?? points[0] ?? null} onChange={(value) => value !== null && onPoint(value)} />
        )}
      </div>
    </div>
  );
}
