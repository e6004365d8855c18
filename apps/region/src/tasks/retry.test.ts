import { expect, test } from 'vitest';
import { kindsTriedAgain } from '../store/task-inputs.ts';
import { regionTasks } from './index.ts';

test('[TASK-01] retry is offered for exactly the kinds of task that know how', () => {
  const able = regionTasks.kinds.filter((kind) => 'retry' in regionTasks.get(kind));
  expect([...kindsTriedAgain].toSorted()).toEqual(able.toSorted());
});
