import { Suspense } from 'react';
import { AuthFrame } from '@/auth/auth-frame.tsx';
import { SignInSteps } from '@/auth/sign-in-steps.tsx';

export default function SignInPage() {
  return (
    <AuthFrame>
      <Suspense>
        <SignInSteps />
      </Suspense>
    </AuthFrame>
  );
}
