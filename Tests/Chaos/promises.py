"""The promises, each as a pure function from the evidence to what was checked and what broke it.

A promise that nothing was checked for is not confirmed: the report counts that as a failure of the run."""

import collections
import dataclasses
import re

"""Outcomes of a send after which surely no message left."""
NOTHING_LEFT = {"late", "unavailable", "throttled", "blocked", "not_allowed", "invalid"}
"""How long after its deadline an approval is still repeated (contract, section 5), in seconds."""
APPROVAL_REPEAT = 60
"""How long a call may run once it has begun (contract, section 5), with a second for the clocks' roundings."""
LONGEST_CALL = 11


@dataclasses.dataclass
class Finding:
    promise: str
    says: str
    checked: int = 0
    offenders: list = dataclasses.field(default_factory=list)

    def that(self, holds, offender):
        self.checked += 1
        if not holds:
            self.offenders.append(offender)


def surely_sent_nothing(job):
    """Not so a job that workers died at again and again: what they did before is not looked into."""
    return job.outcome in NOTHING_LEFT and (job.outcome != "unavailable" or job.reason not in (None, "poison"))


def name(job, more=""):
    """A job as it may be printed: no number, no code."""
    return f"{job.kind} {job.id} ({job.code_is or job.address}) {job.outcome}{': ' + more if more else ''}"


def code_works_once(evidence):
    finding = Finding("P1", "a code works once")
    approved = collections.Counter((job.number, job.code) for job in evidence.jobs if job.outcome == "approved")
    # In tens of thousands of verifications, a number is given the same digits twice by chance.
    given = collections.defaultdict(set)
    for message in evidence.messages:
        given[message.number, message.code].add(message.verification)
    for (number, code), count in approved.items():
        allowed = len(given[number, code]) if evidence.judge_is_exact else evidence.approvals.get(number, 0)
        finding.that(count <= allowed, f"one code was approved for {count} jobs")
    for job in evidence.jobs:
        if job.code_is == "used" and job.outcome:
            finding.that(job.outcome != "approved", name(job))
    return finding


def code_is_bound(evidence):
    finding = Finding("P4", "a code counts for its own login alone, and not once that login has canceled it")
    for job in evidence.jobs:
        if job.code_is in ("foreign", "canceled") and job.outcome:
            finding.that(job.outcome != "approved", name(job))
    return finding


def nothing_in_logs(evidence):
    finding = Finding("P10", "no code and no whole number in any log")
    codes = {message.code for message in evidence.messages} | {job.code for job in evidence.jobs if job.code}
    numbers = {job.number.lstrip("+") for job in evidence.jobs if job.number}
    for file, line in evidence.log_lines:
        digits = set(re.findall(r"(?<![\w.-])\d{6}(?![\w.-])|\d{11,}", line))
        finding.that(not digits & codes and not digits & numbers, f"{file}: a line of {len(line)} characters")
    return finding


def nothing_in_store(evidence):
    finding = Finding("P11", "no whole number in the store's files")
    numbers = {job.number.encode() for job in evidence.jobs if job.number}
    for file, content in evidence.store_files.items():
        found = set(re.findall(rb"\+\d{11}", content)) & numbers
        finding.that(not found, f"{file}: {len(found)} numbers")
    return finding


def one_message_per_send(evidence):
    """Jobs of a number follow each other, so its messages can be counted against its sends."""
    finding = Finding("P17", "never two messages for one send, one for each that says sent")
    sends = collections.defaultdict(list)
    for job in evidence.jobs:
        if job.sends and not job.reuses:
            sends[job.number].append(job)
    delivered = collections.Counter(message.number for message in evidence.messages)
    for number, jobs in sends.items():
        sent = [job for job in jobs if job.outcome == "sent"]
        unsure = [job for job in jobs if job.outcome != "sent" and not surely_sent_nothing(job)]
        count = delivered[number]
        holds = len(sent) <= count <= len(sent) + len(unsure)
        finding.that(
            holds, f"{count} messages, {len(sent)} sent, {len(unsure)} unsure: " + "; ".join(map(name, jobs[:4])))
    strangers = set(delivered) - set(sends)
    finding.that(not strangers, f"messages to {len(strangers)} numbers that nobody asked for")
    return finding


def no_late_message(evidence):
    finding = Finding("P17 late", "no message leaves outside the time of a send, nor after a reply that rules it out")
    windows = collections.defaultdict(list)
    for job in evidence.jobs:
        if job.sends and not job.reuses and not surely_sent_nothing(job):
            end = min([job.deadline + LONGEST_CALL] + [reply.at + 1 for reply in job.replies[:1]])
            windows[job.number].append((job.published_at - 1, end))
    for message in evidence.messages:
        if message.at is not None:
            holds = any(begin <= message.at <= end for begin, end in windows[message.number])
            finding.that(holds, f"a message of {message.verification} at {message.at:.3f}")
    return finding


def equal_replies(evidence):
    finding = Finding("P17 replies", "the same id is answered the same, byte for byte")
    for job in evidence.jobs:
        if not job.is_recorded:
            continue
        first = job.replies[0] if job.replies else None
        for reply in job.replies[1:]:
            has_ended = _has_lapsed(job, reply) and (first.body["outcome"] == "approved" or _has_lapsed(job, first))
            finding.that(reply.raw == first.raw or has_ended, name(job))
    return finding


def _has_lapsed(job, reply):
    """An approval lets nobody in for ever: neither repeated late nor, after a long outage, answered late at first."""
    return (
        reply.at > job.deadline + APPROVAL_REPEAT
        and (reply.body["outcome"], reply.body.get("reason")) == ("expired", "already_used"))


def other_body_refused(evidence):
    finding = Finding("P17 reuse", "an id with another body is refused, and changes nothing")
    for job in evidence.jobs:
        if job.reuses:
            for reply in job.replies:
                answer = (reply.body["outcome"], reply.body.get("reason"))
                finding.that(answer in [("invalid", "message_id_reused"), ("late", None)], name(job))
    return finding


def nothing_lost(evidence):
    finding = Finding("P18", "every job that the broker took is recorded, and answered where it can be")
    for job in evidence.jobs:
        if not job.confirmed:
            continue
        if job.address == "own":
            finding.that(bool(job.replies), name(job, "no reply"))
        if job.is_recorded:
            record = evidence.records.get(job.id)
            finding.that(record is not None and record.is_finished, name(job, "no finished record"))
    return finding


def answered_as_recorded(evidence):
    finding = Finding("P18 record", "what is answered is what is recorded, and the record knows the reply's fate")
    for job in evidence.jobs:
        record = evidence.records.get(job.id)
        if record is None or not record.is_finished or not job.is_recorded:
            continue
        if job.replies:
            first = job.replies[0]
            is_record = first.raw == record.reply and job.outcome == record.outcome
            has_ended = record.outcome == "approved" and _has_lapsed(job, first)
            finding.that(is_record or has_ended, name(job, f"recorded {record.outcome}"))
        if job.address == "missing":
            finding.that(record.reply_state == "undeliverable", name(job, f"its reply is {record.reply_state}"))
    return finding


def outcome_repeats(evidence):
    finding = Finding("P18 outcome", "outcome repeats the recorded reply")
    for job in evidence.jobs:
        record = evidence.records.get(job.asks_for)
        # In progress, or late itself: it has not been repeated.
        if not job.replies or record is None or job.outcome in ("unknown_job", "late"):
            continue
        reply = job.replies[0]
        is_old = record.outcome == "approved" and reply.body.get("reason") == "already_used"
        finding.that(reply.raw == record.reply or is_old, name(job, f"recorded {record.outcome}"))
    return finding


def queues_empty(evidence):
    finding = Finding("P19", "the lanes and the dead-letter queue are empty once all is quiet")
    for queue, count in evidence.queues.items():
        finding.that(count == 0, f"{queue}: {count} messages")
    return finding


def only_the_right_code(evidence):
    finding = Finding("P23", "approved only where the judge approved that very code; a wrong code never is")
    delivered = collections.defaultdict(set)
    for message in evidence.messages:
        delivered[message.number].add(message.code)
    approved = collections.Counter()
    for job in evidence.jobs:
        if job.kind != "check" or job.outcome is None:
            continue
        is_approved = job.outcome == "approved"
        approved[job.number] += is_approved
        if job.code_is in ("wrong", "dead"):
            finding.that(not is_approved, name(job))
        elif is_approved:
            finding.that(job.code in delivered[job.number], name(job, "the judge sent no such code"))
    for number, count in approved.items():
        judged = evidence.approvals.get(number, 0)
        finding.that(count <= judged, f"{count} approvals of a number where the judge gave {judged}")
    return finding


def outage_is_no_wrong_code(evidence):
    finding = Finding("P23 denied", "a right code is never denied, whatever is out of order")
    for job in evidence.jobs:
        if job.code_is == "right" and job.outcome:
            finding.that(job.outcome != "denied", name(job))
    return finding


def workers_end_well(evidence):
    finding = Finding("P24", "workers end when asked to, with exit code 0, and never by themselves")
    for exit in evidence.exits:
        holds = {"kill": exit.code == -9, "term": exit.code == 0}.get(exit.asked, False)
        holds = holds or exit.code == 69 and exit.excused
        finding.that(holds, f"{exit.worker}: code {exit.code} after {exit.asked or 'nothing'}, {exit.seconds:.0f} s")
    return finding


def store_is_sound(evidence):
    finding = Finding("P25", "the store's file is sound")
    finding.that(evidence.integrity == "ok", evidence.integrity)
    return finding


PROMISES = (
    code_works_once, code_is_bound, nothing_in_logs, nothing_in_store, one_message_per_send, no_late_message,
    equal_replies, other_body_refused, nothing_lost, answered_as_recorded, outcome_repeats, queues_empty,
    only_the_right_code, outage_is_no_wrong_code, workers_end_well, store_is_sound,
)
