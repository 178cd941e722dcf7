import { CheckOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { STEPS, type Step, type StepState } from './steps';

interface StepperProps {
  states: Record<Step, StepState>;
  shown: Step;
  /** Steps that one may go to from here. */
  open: readonly Step[];
  onGo: (step: Step) => void;
}

/** The road of a file: where it stands, what lies behind, what comes. */
export function Stepper({ states, shown, open, onGo }: StepperProps) {
  const { t } = useTranslation();
  return (
    <nav aria-label={t('intake.steps.label')}>
      <ol className="ht-in-steps">
        {STEPS.map((step, index) => {
          const state = states[step];
          const inside = (
            <>
              <span className="ht-in-step-no" aria-hidden="true">{state === 'done' ? <CheckOutlined /> : index + 1}</span>
              <span>{t(`intake.steps.${step}`)}</span>
              {state === 'skipped' && <small>{t('intake.steps.skipped')}</small>}
            </>
          );
          return (
            <li key={step} className={`ht-in-step ht-in-step-${state}`} aria-current={step === shown ? 'step' : undefined}>
              {open.includes(step) && step !== shown ? <button type="button" onClick={() => onGo(step)}>{inside}</button> : <span className="ht-in-step-in">{inside}</span>}
            </li>
          );
        })}
      </ol>
      <p className="ht-in-steps-phone" aria-hidden="true">{t('intake.steps.phone', { at: STEPS.indexOf(shown) + 1, all: STEPS.length, name: t(`intake.steps.${shown}`) })}</p>
    </nav>
  );
}
