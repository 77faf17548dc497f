// The records that the trail pages read, by short names. They are written from the
// API's description, so a change there shows here.
import type * as api from "./client.ts";

export type { Case, Cases, CaseWhole, LaidOut as Picture, LaidOutGraph as Graph, OwnersAnswer, PaymentsAnswer, PlaceWhole, Trail } from "./client.ts";
export type Asset = api.ReportAssetRecord;
export type Bound = api.ReportBoundRecord;
export type Completeness = api.ReportCompletenessRecord;
export type Cut = api.ReportCutRecord;
export type Figure = api.ReportFigureRecord;
export type Finding = api.ReportFindingRecord;
export type Flow = api.ReportFlowRecord;
export type Header = api.HeaderRecord;
export type Link = api.ReportPictureLink;
export type Node = api.ReportPictureNode;
export type Exact = api.ReportExactRecord;
export type OwnerRule = api.ReportOwnerRuleRecord;
export type Owners = api.ReportOwnersRecord;
export type Party = api.ReportPartyRecord;
export type Payment = api.ReportPaymentRecord;
export type PaymentSum = api.ReportPaymentSumRecord;
export type PaymentTotal = api.ReportPaymentTotalRecord;
export type Place = api.PlaceRow;
export type Published = api.ReportPublishedRecord;
export type Scoped = api.ReportScopeRecord;
export type Seed = api.ReportSeedRecord;
export type Total = api.ReportTotalRecord;
export type Warning = api.ReportWarningRecord;
