'use client';
import { Drawer } from 'antd';
import { FormFoot } from './form.tsx';
import styles from './form-drawer.module.css';

export interface FormDrawerProps {
  open: boolean;
  title: string;
  /** What the form makes, in one sentence. */
  subtitle?: React.ReactNode;
  /** FormErrors: what must change, once at the top. */
  errors?: React.ReactNode;
  /** Buttons, the primary one first. */
  foot: React.ReactNode;
  /** A fact at the right end of the foot. */
  footExtra?: React.ReactNode;
  closeLabel: string;
  onClose: () => void;
  /** Enter in a field, or the button of type submit. */
  onSubmit: () => void;
  children: React.ReactNode;
}

/** A short form beside its list. Closing gives the focus back to the button that opened it. */
export function FormDrawer(props: FormDrawerProps) {
  return (
    <Drawer
      open={props.open}
      onClose={props.onClose}
      title={props.title}
      aria-label={props.title}
      size={560}
      destroyOnHidden
      closable={{ 'aria-label': props.closeLabel, placement: 'end' }}
      styles={{ body: { padding: 0 } }}
    >
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          props.onSubmit();
        }}
      >
        <div className={styles.body}>
          {props.subtitle !== undefined && <p className={styles.subtitle}>{props.subtitle}</p>}
          {props.errors}
          {props.children}
        </div>
        <FormFoot extra={props.footExtra}>{props.foot}</FormFoot>
      </form>
    </Drawer>
  );
}
