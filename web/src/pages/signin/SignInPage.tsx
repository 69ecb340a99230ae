import { useQueryClient } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { signByPasskey } from '../../api/passkey';
import { Problem } from '../../api/problem';
import { changePassword, confirmFactor, fetchSession, giveCode, signIn, type Stage } from '../../api/session';
import { takeWayBack } from '../../office/after-sign-in';
import { OfficeShell } from '../office/OfficeShell';
import { EnrolForm } from './EnrolForm';
import { OtherWays } from './OtherWays';
import { StageForm, type StageField } from './StageForm';
import classes from './SignInPage.module.css';
import { returnOf } from './way-back';

const first: readonly StageField[] = [
  { name: 'user', kind: 'text', complete: 'username' },
  { name: 'password', kind: 'password', complete: 'current-password' },
];
const code: readonly StageField[] = [{ name: 'code', kind: 'code', complete: 'one-time-code' }];
const fresh: readonly StageField[] = [
  { name: 'password', kind: 'password', complete: 'current-password' },
  { name: 'newPassword', kind: 'password', complete: 'new-password' },
];

/** Sign-in by stages: name and password, the second factor, and what a first sign-in asks for (SEC-02, SEC-03). */
export function SignInPage() {
  const { t } = useTranslation();
  const router = useRouter();
  const client = useQueryClient();
  const [back] = useState(() => returnOf(window.location.hash));
  const [stage, setStage] = useState<Stage | 'first'>(back?.kind === 'stage' ? back.stage : 'first');
  const [fault, setFault] = useState(back?.kind === 'fault' ? t(`problem.${back.code}`, { seconds: 30 }) : '');
  const go = async (next: Stage) => {
    if (next !== 'in') return setStage(next);
    await client.invalidateQueries();
    router.history.push(takeWayBack());
  };
  const attempt = async (step: () => Promise<Stage>) => {
    setFault('');
    try {
      await go(await step());
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem('unknown');
      const said = problem.places.map((place) => place.message).find((message) => message !== '');
      setFault(said ?? t(`problem.${problem.code}`, { seconds: problem.retryAfter ?? 30 }));
    }
  };
  const byPasskey = () => void attempt(async () => (await signByPasskey()).stage);
  useEffect(() => {
    if (back === null) return;
    window.history.replaceState(window.history.state, '', window.location.pathname); // a reload says it no longer
    if (back.kind === 'proved') window.close(); // where a window of its own asked
    if (back.kind === 'stage' && back.stage === 'in') void client.invalidateQueries().then(() => router.history.push(takeWayBack()));
  }, [back, client, router]);
  if (back?.kind === 'proved') {
    return (
      <OfficeShell>
        <section className={classes.sheet} data-stage="proved">
          <h1 className={classes.title}>{t('doors.prove')}</h1>
          <p className={classes.done}>{t('doors.proved')}</p>
        </section>
      </OfficeShell>
    );
  }
  return (
    <OfficeShell>
      <section className={classes.sheet} data-stage={stage}>
        <h1 className={classes.title}>{t('signIn.title')}</h1>
        {stage === 'first' && (
          <StageForm key="first" fields={first} fault={fault} onSubmit={async ({ user = '', password = '' }) => attempt(async () => (await signIn({ user: user.trim(), password })).stage)} />
        )}
        {stage === 'second-factor' && (
          <StageForm key="code" fields={code} fault={fault} hint={t('signIn.codeHint')} onSubmit={async (given) => attempt(async () => (await giveCode((given.code ?? '').trim())).stage)} />
        )}
        {stage === 'new-password' && (
          <StageForm
            key="fresh"
            fields={fresh}
            fault={fault}
            hint={t('signIn.newHint')}
            onSubmit={async ({ password = '', newPassword = '' }) => attempt(async () => (await changePassword(password, newPassword)).stage)}
          />
        )}
        {stage === 'enrol' && (
          <EnrolForm
            fault={fault}
            onCode={async (given) =>
              attempt(async () => {
                await confirmFactor(given);
                return (await fetchSession()) ? 'in' : 'second-factor';
              })
            }
          />
        )}
        {(stage === 'first' || stage === 'second-factor') && <OtherWays provider={stage === 'first'} onPasskey={byPasskey} />}
        <p className={classes.help}>{t('signIn.help')}</p>
        <Link to="/" className={classes.guest}>
          {t('signIn.guest')}
        </Link>
        <br />
        <Link to="/ghep-may" className={classes.guest}>
          {t('pairing.way')}
        </Link>
      </section>
    </OfficeShell>
  );
}
