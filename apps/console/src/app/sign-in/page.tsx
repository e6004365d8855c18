import { Suspense } from 'react';
import { AuthFrame } from '@/auth/auth-frame.tsx';
import { SignInForm } from '@/auth/sign-in-form.tsx';

export default function SignInPage() {
  return (
    <AuthFrame>
      <Suspense>
        <SignInForm />
      </Suspense>
    </AuthFrame>
  );
}
