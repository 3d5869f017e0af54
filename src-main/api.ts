import { z } from 'zod'
import type { App } from './app'
import { settingsShape } from './app/data-folder'
import { lookAtRelay } from './app/joining'
import type { AppWindow } from './app/windows'
import { allowedUrl } from './base/allow-list'
import { Fault } from './base/faults'
import { readRecipient } from './client/address'
import { longestText, maxText } from './client/envelopes'
import type { Commands, FilesToSend, TappedChip } from './contract/calls'
import { MOST_RECIPIENTS, PIECE, recipientFilters, type ToEnclose } from './contract/campaign'
import type { LocationView } from './contract/message'
import type { DeviceFacts } from './contract/suggestion'

const bytesOf = (text: string): number => Buffer.byteLength(text)

/** The longest address, id or query that a window may send, in characters. */
const line = (most: number) => z.string().min(1).max(most)
const conversation = line(512).regex(/^(sip:[^\s<>@]+@[^\s<>@]+|tel:[^\s<>]+)$/)
// It goes into a header as it is.
const messageId = z.string().regex(/^[A-Za-z0-9._~@-]{8,128}$/)
const number = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

const mentions = z.array(z.union([conversation, z.literal('all')])).max(500)

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const mediaType = z.string().max(127).regex(/^[a-z0-9][\w.+-]*\/[\w.+-]+$/i)
const outgoingFile = z.strictObject({
  name: line(255), contentType: mediaType, size: number.min(1), hash,
  width: number.max(100_000).optional(), height: number.max(100_000).optional(), duration: number.optional(), isVoice: z.literal(true).optional(),
  thumbnail: z.strictObject({ hash, contentType: mediaType, size: number.min(1) }).optional(),
})

const place = z.strictObject({
  latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180), label: z.string().min(1).max(200).optional(), radius: z.number().min(0).max(1e7).optional(),
})
// What was offered comes back as it is; only that something was done is of interest, not what.
const chip = z.strictObject({ text: line(50), data: z.string().max(8_192).optional(), action: z.looseObject({ do: line(20) }).optional() })

const token = z.string().regex(/^[a-z0-9]{16,32}$/)
const addressees = z.array(z.strictObject({ address: conversation, fields: z.record(z.string().max(60), z.string().max(2_000)) })).max(PIECE)

const shareWish = z.strictObject({ name: line(60), host: line(64), domain: z.string().max(253).optional(), port: z.number().int().min(1).max(65_535).optional() })

const shapes = {
  signIn: z.tuple([z.strictObject({ address: line(255), password: line(1_024), relay: line(255), files: line(2_048).optional() })]),
  signOut: z.tuple([z.enum(['history', 'nothing'])]),
  saveSettings: z.tuple([settingsShape.partial()]),
  send: z.tuple([conversation, messageId, z.string().min(1), mentions.optional()]),
  sendFiles: z.tuple([conversation, messageId, z.strictObject({ text: z.string().min(1).optional(), mentions: mentions.optional(), files: z.array(outgoingFile).min(1).max(30) })]),
  sendLocation: z.tuple([conversation, messageId, place]),
  answer: z.tuple([conversation, messageId, z.strictObject({ to: line(512).optional(), chip })]),
  shareDevice: z.tuple([conversation, messageId, z.strictObject({
    deviceModel: z.string().max(10), platformVersion: z.string().max(20), clientVendor: z.string().max(4), clientVersion: z.string().max(15),
    batteryRemainingMinutes: number.optional(),
  })]),
  transfer: z.tuple([conversation, line(512), number.max(30), z.enum(['go', 'pause', 'cancel'])]),
  sendAgain: z.tuple([conversation, line(512)]),
  saveDraft: z.tuple([conversation, z.string()]),
  markRead: z.tuple([conversation, number]),
  typing: z.tuple([conversation, z.boolean()]),
  openConversation: z.tuple([line(512)]),
  conversation: z.tuple([conversation]),
  changes: z.tuple([number, number.min(1).max(10_000), z.string().max(64).optional()]),
  filling: z.tuple([z.string().max(1_024).nullable(), number.min(1).max(5_000)]),
  job: z.tuple([line(64)]),
  importBegin: z.tuple([z.strictObject({ name: z.string().max(255), size: number.min(1), lastModified: z.number() })]),
  importChunk: z.tuple([z.string().regex(/^[0-9a-f]{20}$/), number, z.string().max(700_000)]),
  importForget: z.tuple([z.string().regex(/^[0-9a-f]{20}$/)]),
  journey: z.tuple([conversation, line(512)]),
  search: z.tuple([z.strictObject({
    text: z.string().max(200), conversation: conversation.optional(), before: number.optional(),
    limit: number.min(1).max(500),
  })]),
  people: z.tuple([z.array(conversation).max(500)]),
  createGroup: z.tuple([z.uuid(), z.strictObject({ subject: line(200), members: z.array(conversation).min(1).max(500) })]),
  groupPeople: z.tuple([conversation, z.array(conversation).min(1).max(500)]),
  answerInvitation: z.tuple([conversation, z.enum(['accept', 'decline'])]),
  joinGroup: z.tuple([line(512)]),
  groupMember: z.tuple([conversation, conversation]),
  groupRole: z.tuple([conversation, conversation, z.enum(['admin', 'member'])]),
  changeGroup: z.tuple([conversation, z.strictObject({
    subject: line(200).optional(), description: z.string().max(2_000).optional(), icon: z.strictObject({ hash, contentType: mediaType }).nullable().optional(),
    policies: z.strictObject({ post: z.enum(['all', 'admins']), add: z.enum(['all', 'admins']), history: z.enum(['shared', 'hidden']) }).optional(),
    code: z.enum(['new', 'none']).optional(),
  })]),
  mute: z.tuple([conversation, z.number().int().min(-1).max(Number.MAX_SAFE_INTEGER)]),
  looking: z.tuple([z.strictObject({ focused: z.boolean(), conversation: conversation.optional(), language: z.enum(['zh', 'en']) })]),
  openExternal: z.tuple([z.string()]),
  campaign: z.tuple([token]),
  campaignBegin: z.tuple([token, z.string(), number.max(60_000), z.strictObject({ files: z.array(outgoingFile).min(1).max(30).optional(), location: place.optional() }).optional()]),
  campaignAdd: z.tuple([token, number.max(MOST_RECIPIENTS), addressees]),
  recipients: z.tuple([token, z.enum(recipientFilters), number, number.min(1).max(PIECE)]),
  readAddresses: z.tuple([z.array(z.string().max(512)).max(PIECE)]),
  list: z.tuple([token, number, number.min(1).max(PIECE)]),
  listSave: z.tuple([token, line(100), number.max(MOST_RECIPIENTS), addressees]),
  listRename: z.tuple([token, line(100)]),
  share: z.tuple([shareWish]),
  shareOwn: z.tuple([line(255), shareWish.optional()]),
  who: z.tuple([line(255)]),
  join: z.tuple([z.strictObject({ relay: line(255), fingerprint: hash, domain: line(253), who: line(255), code: line(64) })]),
  none: z.tuple([]),
} satisfies Record<string, z.ZodType<unknown[]>>

/** The arguments as they are promised. @throws Fault `bad-argument` naming the first that is not */
function checked<Shape extends z.ZodType<unknown[]>>(shape: Shape, args: unknown[]): z.infer<Shape> {
  const read = shape.safeParse(args)
  if (read.success) return read.data
  const issue = read.error.issues[0]
  throw new Fault('bad-argument', { text: issue?.message ?? 'bad argument', detail: { field: issue?.path.slice(1).join('.') || String(issue?.path[0] ?? '') } })
}

/** Guarantee of the wire: what is too long is refused here, with the limit, and stays in the composer. */
function fits(text: string, limit = maxText): string {
  const bytes = bytesOf(text)
  if (bytes > limit) throw new Fault('too-large', { detail: { limit, bytes } })
  return text
}

/** What a window may ask: every argument is checked, every failure a Fault. */
export function makeCommands(app: App, window: AppWindow): Commands {
  const command = <Shape extends z.ZodType<unknown[]>, Result>(shape: Shape, run: (...args: z.infer<Shape>) => Result) =>
    async (...args: unknown[]): Promise<Awaited<Result>> => await run(...checked(shape, args))

  return {
    state: command(shapes.none, () => app.state()),
    signIn: command(shapes.signIn, (details) => app.signIn(details)),
    tryHere: command(shapes.none, () => app.tryHere()),
    signOut: command(shapes.signOut, (keep) => app.signOut(keep)),
    saveSettings: command(shapes.saveSettings, (change) => app.saveSettings(change as Parameters<Commands['saveSettings']>[0])),

    share: command(shapes.none, () => app.sharing.view()),
    shareOn: command(shapes.share, (wish) => app.sharing.turnOn(wish)),
    shareOff: command(shapes.none, () => app.sharing.turnOff()),
    shareAdd: command(shapes.who, (who) => app.sharing.add(who)),
    shareRenew: command(shapes.who, (address) => app.sharing.renew(address)),
    shareRemove: command(shapes.who, (address) => app.sharing.remove(address)),
    shareOwn: command(shapes.shareOwn, (who, wish) => app.shareOwn(who, wish)),
    nearby: command(shapes.none, () => [...app.nearby.relays()]),
    lookAtRelay: command(shapes.who, (at) => lookAtRelay(at, app.options.clock)),
    join: command(shapes.join, (details) => app.join(details)),

    send: command(shapes.send, (to, id, text, mentions) => app.client.send(to, id, fits(text, app.client.textLimit), mentions)),
    sendFiles: command(shapes.sendFiles, (to, id, { text, ...message }) =>
      app.client.sendFiles(to, id, { ...(message as Omit<FilesToSend, 'text'>), ...(text !== undefined && { text: fits(text) }) })),
    sendLocation: command(shapes.sendLocation, (to, id, location) => app.client.sendLocation(to, id, location as LocationView)),
    answer: command(shapes.answer, (to, id, tapped) => app.client.answer(to, id, tapped as TappedChip)),
    shareDevice: command(shapes.shareDevice, (to, id, facts) => app.client.shareDevice(to, id, facts as DeviceFacts)),
    deviceFacts: command(shapes.none, () => app.client.deviceFacts()),
    transfer: command(shapes.transfer, (to, id, file, wish) => app.client.transfer(to, id, file, wish)),
    sendAgain: command(shapes.sendAgain, (to, id) => app.client.sendAgain(to, id)),
    saveDraft: command(shapes.saveDraft, (to, text) => app.client.saveDraft(to, fits(text, longestText))),
    markRead: command(shapes.markRead, (to, place) => app.client.markRead(to, place)),
    typing: command(shapes.typing, (to, isTyping) => app.client.typing(to, isTyping)),
    openConversation: command(shapes.openConversation, async (to) => (await app.client.open(readRecipient(to, app.client.account))).id),
    peer: command(shapes.conversation, (to) => app.client.peer(to)),

    groupCandidates: command(shapes.people, (addresses) => app.client.groups.candidates(addresses)),
    createGroup: command(shapes.createGroup, (id, group) => app.client.groups.create(id, group)),
    group: command(shapes.conversation, (of) => app.client.groups.view(of)),
    inviteToGroup: command(shapes.groupPeople, (to, members) => app.client.groups.invite(to, members)),
    answerInvitation: command(shapes.answerInvitation, (of, answer) => app.client.groups.answer(of, answer)),
    joinGroup: command(shapes.joinGroup, (link) => app.client.groups.join(link)),
    removeFromGroup: command(shapes.groupMember, (from, member) => app.client.groups.remove(from, member)),
    dissolveGroup: command(shapes.conversation, (of) => app.client.groups.dissolve(of)),
    setGroupRole: command(shapes.groupRole, (of, member, role) => app.client.groups.setRole(of, member, role)),
    changeGroup: command(shapes.changeGroup, (of, change) => app.client.groups.change(of, change as Parameters<Commands['changeGroup']>[1])),
    memberReceipts: command(shapes.journey, (of, id) => app.client.groups.receipts(of, id)),
    mute: command(shapes.mute, (of, until) => app.client.mute(of, until)),

    changes: command(shapes.changes, (after, limit, epoch) => app.client.changes(after, limit, epoch)),
    filling: command(shapes.filling, (cursor, pages) => app.client.filling(cursor, pages)),
    journey: command(shapes.journey, (to, id) => app.client.journey(to, id)),
    search: command(shapes.search, (query) => app.client.search(query as Parameters<Commands['search']>[0])),
    looking: command(shapes.looking, (look) => window.looking(look)),
    jobs: command(shapes.none, () => app.jobs.list()),
    checkStorage: command(shapes.none, () => app.storage.check()),
    lastCheck: command(shapes.none, () => app.storage.last()),
    cancelJob: command(shapes.job, (id) => app.jobs.cancel(id)),
    importBegin: command(shapes.importBegin, (file) => app.files.imports.begin(file)),
    importChunk: command(shapes.importChunk, (id, offset, base64) => app.files.imports.add(id, offset, Buffer.from(base64, 'base64'))),
    importForget: command(shapes.importForget, (id) => app.files.imports.forget(id)),

    campaigns: command(shapes.none, () => app.client.campaigns.views()),
    campaign: command(shapes.campaign, (id) => app.client.campaigns.view(id)),
    campaignBegin: command(shapes.campaignBegin, (id, words, perMinute, enclosed) => app.client.campaigns.begin(id, words, perMinute, enclosed as ToEnclose)),
    campaignAdd: command(shapes.campaignAdd, (id, from, recipients) => app.client.campaigns.add(id, from, recipients)),
    campaignStart: command(shapes.campaign, (id) => app.client.campaigns.launch(id)),
    campaignStop: command(shapes.campaign, (id) => app.client.campaigns.halt(id)),
    campaignRetry: command(shapes.campaign, (id) => app.client.campaigns.retry(id)),
    campaignForget: command(shapes.campaign, (id) => app.client.campaigns.forget(id)),
    recipients: command(shapes.recipients, (id, filter, offset, limit) => app.client.campaigns.recipients(id, filter, offset, limit)),
    readAddresses: command(shapes.readAddresses, (typed) => app.client.campaigns.readAddresses(typed)),
    lists: command(shapes.none, () => app.client.campaigns.lists()),
    list: command(shapes.list, (id, from, limit) => app.client.campaigns.list(id, from, limit)),
    listSave: command(shapes.listSave, (id, name, from, members) => app.client.campaigns.saveList(id, name, from, members)),
    listRename: command(shapes.listRename, (id, name) => app.client.campaigns.renameList(id, name)),
    listForget: command(shapes.campaign, (id) => app.client.campaigns.forgetList(id)),

    openExternal: command(shapes.openExternal, (url) => {
      const allowed = allowedUrl(url)
      if (allowed === undefined) throw new Fault('not-allowed', { text: 'this link may not be opened' })
      return app.options.openExternal(allowed)
    }),
  }
}
