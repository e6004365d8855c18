'use client';
import { useState } from 'react';
import { SignInForm } from './sign-in-form.tsx';
import { TotpForm } from './totp-form.tsx';
import { useSignedIn } from './use-sign-in.ts';

/** E-mail and password, then the second step where the account has one. */
export function SignInSteps() {
  const [ticket, setTicket] = useState<string | null>(null);
  const [why, setWhy] = useState<string | undefined>(undefined);
  const signedIn = useSignedIn();
  if (ticket !== null)
    return (
      <TotpForm
        ticket={ticket}
        onDone={signedIn}
        onBack={(reason) => {
          setWhy(reason);
          setTicket(null);
        }}
      />
    );
  return (
    <SignInForm
      why={why}
      onAnswer={(answer) => {
        if (answer.step === 'done') signedIn(answer.session);
        else setTicket(answer.ticket);
      }}
    />
  );
}
