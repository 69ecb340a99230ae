import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../app/icons';
import { useStore } from '../../app/use-store';
import type { DeviceOption } from '../../device/list';
import type { DeviceRig } from '../../device/rig';
import { playTestTone } from '../../device/tone';
import classes from './DeviceChoice.module.css';

export function DeviceChoice({ rig }: { readonly rig: DeviceRig }) {
  const { t } = useTranslation();
  const { cameras, mics, speakers, choices } = useStore(rig.state);
  return (
    <div className={classes.list}>
      <DeviceSelect
        label={t('join.camera')}
        devices={cameras}
        value={choices.camera}
        onChange={(camera) => rig.choose({ camera })}
      />
      <DeviceSelect label={t('join.mic')} devices={mics} value={choices.mic} onChange={(mic) => rig.choose({ mic })} />
      <div className={classes.speaker}>
        <DeviceSelect
          label={t('join.speaker')}
          devices={speakers}
          value={choices.speaker}
          onChange={(speaker) => rig.choose({ speaker })}
        />
        <TestTone speaker={choices.speaker} />
      </div>
    </div>
  );
}

interface DeviceSelectProps {
  readonly label: string;
  readonly devices: readonly DeviceOption[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}

export function DeviceSelect({ label, devices, value, onChange }: DeviceSelectProps) {
  const { t } = useTranslation();
  const named = devices
    .filter((device) => device.id !== 'default')
    .map((device, index) => ({
      value: device.id,
      label: device.label === '' ? t('join.unnamedDevice', { number: index + 1 }) : device.label,
    }));
  const known = named.some((device) => device.value === value);
  return (
    <Select
      label={label}
      data={[{ value: '', label: t('join.systemDefault') }, ...named]}
      // A remembered device that is not plugged in now is not shown as if it were.
      value={known ? value : ''}
      onChange={(id) => onChange(id ?? '')}
      allowDeselect={false}
      comboboxProps={{ transitionProps: { duration: 0 } }}
    />
  );
}

function TestTone({ speaker }: { readonly speaker: string }) {
  const { t } = useTranslation();
  const [state, setState] = useState<'idle' | 'playing' | 'failed'>('idle');
  const play = async () => {
    setState('playing');
    try {
      await playTestTone(speaker);
      setState('idle');
    } catch {
      setState('failed');
    }
  };
  return (
    <>
      <Button
        variant="default"
        size="md"
        leftSection={<Icon name="sound" size={20} />}
        onClick={() => void play()}
        disabled={state === 'playing'}
      >
        {t('join.testTone')}
      </Button>
      <output className={classes.toneState}>
        {state === 'playing' && t('join.testTonePlaying')}
        {state === 'failed' && t('join.testToneFailed')}
      </output>
    </>
  );
}
