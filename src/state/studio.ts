/** The studio's state and everything a person can do to it: all slices together. Views read it with `useStudio(selector)`. */
import type { ChannelsSlice } from './channelsSlice';
import type { CheckpointSlice } from './checkpointSlice';
import type { ClosingSlice } from './closingSlice';
import type { CompareSlice } from './compareSlice';
import type { EvaluationSlice } from './evaluationSlice';
import type { ExportSlice } from './exportSlice';
import type { FileSlice } from './fileSlice';
import type { LeftSlice } from './leftSlice';
import type { NoticeSlice } from './noticeSlice';
import type { PermutationSlice } from './permutationSlice';
import type { PictureSlice } from './pictureSlice';
import type { RecipeSlice } from './recipeSlice';
import type { RepairSlice } from './repairSlice';
import type { SelectionSlice } from './selectionSlice';
import type { SlimSlice } from './slimSlice';
import type { SnapshotsSlice } from './snapshots';
import type { StatusSlice } from './statusSlice';
import type { TableSlice } from './tableSlice';
import type { UnderstandingSlice } from './understandingState';
import type { UnsavedSlice } from './unsaved';

export type StudioState = CheckpointSlice &
  StatusSlice &
  UnsavedSlice &
  NoticeSlice &
  SelectionSlice &
  RecipeSlice &
  FileSlice &
  ClosingSlice &
  ExportSlice &
  PermutationSlice &
  PictureSlice &
  LeftSlice &
  EvaluationSlice &
  RepairSlice &
  ChannelsSlice &
  SlimSlice &
  CompareSlice &
  UnderstandingSlice &
  TableSlice &
  SnapshotsSlice;
