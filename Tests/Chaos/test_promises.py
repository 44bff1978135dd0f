"""The checkers must see each violation, and none where there is none."""

import json
import unittest

import promises
import recovery
from ledger import Evidence, Exit, Fault, Job, Message, Record, Reply

NUMBER = "+12125550100"


def reply(outcome, heard=1.0, **more):
    return Reply(heard, json.dumps({"outcome": outcome, **more}).encode())


def job(kind, outcome, number=NUMBER, **more):
    made = Job(f"{kind}-{outcome}-{len(more)}", kind, "user", number, "login", deadline=30.0, confirmed=True)
    made.replies = [reply(outcome)] if outcome else []
    for field, value in more.items():
        setattr(made, field, value)
    return made


def evidence(*jobs, **more):
    fields = dict(
        jobs=list(jobs), records={}, messages=[], approvals={}, faults=[], exits=[], log_lines=[], store_files={},
        integrity="ok", queues={})
    return Evidence(**{**fields, **more})


def sent(code="123456", at=None, verification="VE1"):
    return Message(NUMBER, code, verification, at)


class Cases(unittest.TestCase):
    def holds(self, promise, *jobs, **more):
        finding = promise(evidence(*jobs, **more))
        self.assertEqual(finding.offenders, [])
        self.assertGreater(finding.checked, 0)

    def broken(self, promise, *jobs, **more):
        self.assertEqual(len(promise(evidence(*jobs, **more)).offenders), 1)


class Codes(Cases):
    def test_once(self):
        first, second = [job("check", "approved", code="123456", code_is="right", id=id) for id in "ab"]
        self.holds(promises.code_works_once, first, messages=[sent()])
        self.broken(promises.code_works_once, first, second, messages=[sent()])
        self.broken(promises.code_works_once, first, second, messages=[sent(), sent()])
        self.broken(promises.code_works_once, job("check", "approved", code="123456", code_is="used"), messages=[sent()])

    def test_the_same_digits_by_chance(self):
        twice = [job("check", "approved", code="123456", code_is="right", id=id) for id in "ab"]
        self.holds(promises.code_works_once, *twice, messages=[sent(), sent(verification="VE2")])

    def test_a_judge_with_one_code_a_number(self):
        twice = [job("check", "approved", code="123456", code_is="right", id=id) for id in "ab"]
        self.holds(promises.code_works_once, *twice, judge_is_exact=False, approvals={NUMBER: 2})
        self.broken(promises.code_works_once, *twice, judge_is_exact=False, approvals={NUMBER: 1})

    def test_bound(self):
        for code_is in ("foreign", "canceled"):
            self.holds(promises.code_is_bound, job("check", "expired", code_is=code_is))
            self.broken(promises.code_is_bound, job("check", "approved", code_is=code_is))

    def test_only_the_right_one(self):
        approved = job("check", "approved", code_is="right", code="123456")
        told = dict(messages=[sent()], approvals={NUMBER: 1})
        self.holds(promises.only_the_right_code, approved, **told)
        self.broken(promises.only_the_right_code, approved, messages=[sent()])
        self.broken(promises.only_the_right_code, approved, messages=[sent("999999")], approvals={NUMBER: 1})
        for code_is in ("wrong", "dead"):
            self.broken(promises.only_the_right_code, job("check", "approved", code_is=code_is), **told)

    def test_outage_is_no_wrong_code(self):
        self.holds(promises.outage_is_no_wrong_code, job("check", "unavailable", code_is="right"))
        self.broken(promises.outage_is_no_wrong_code, job("check", "denied", code_is="right"))


class Sends(Cases):
    def test_counted(self):
        self.holds(promises.one_message_per_send, job("send", "sent"), messages=[sent()])
        self.broken(promises.one_message_per_send, job("send", "sent"), messages=[sent(), sent()])
        self.broken(promises.one_message_per_send, job("send", "sent"))
        refused = job("send", "unavailable", replies=[reply("unavailable", reason="provider_refused")])
        self.broken(promises.one_message_per_send, refused, messages=[sent()])
        self.broken(promises.one_message_per_send, job("send", "sent", number="+13105550100"), messages=[
            sent(), Message("+13105550100", "1", "VE2")])

    def test_poison_tells_nothing(self):
        poison = job("send", "unavailable", replies=[reply("unavailable", reason="poison")])
        for count in (0, 1):
            self.holds(promises.one_message_per_send, poison, messages=[sent()] * count)

    def test_unsure_is_one_at_most(self):
        for count in (0, 1):
            self.holds(promises.one_message_per_send, job("send", "uncertain"), messages=[sent()] * count)
        self.broken(promises.one_message_per_send, job("send", "uncertain"), messages=[sent()] * 2)

    def test_late(self):
        self.holds(promises.no_late_message, job("send", "sent"), messages=[sent(at=0.5)])
        self.broken(promises.no_late_message, job("send", "sent"), messages=[sent(at=3.0)])
        self.broken(promises.no_late_message, job("send", None), messages=[sent(at=42.0)])


class Replies(Cases):
    def test_equal(self):
        same = [reply("sent"), reply("sent", 2.0)]
        self.holds(promises.equal_replies, job("send", "sent", replies=same))
        self.broken(promises.equal_replies, job("send", "sent", replies=[reply("sent"), reply("uncertain")]))

    def test_an_approval_ends(self):
        old = reply("expired", 91.0, reason="already_used")
        self.holds(promises.equal_replies, job("check", "approved", replies=[reply("approved"), old]))
        early = reply("expired", 80.0, reason="already_used")
        self.broken(promises.equal_replies, job("check", "approved", replies=[reply("approved"), early]))

    def test_an_approval_that_nobody_heard_in_time(self):
        ended, again = [reply("expired", at, reason="already_used", at=str(at)) for at in (91.0, 95.0)]
        self.holds(promises.equal_replies, job("check", "expired", replies=[ended, again]))
        self.broken(promises.equal_replies, job("check", "expired", replies=[ended, reply("approved", 95.0)]))
        self.broken(promises.equal_replies, job("check", "denied", replies=[reply("denied"), ended]))

    def test_reuse(self):
        refusal = [reply("invalid", reason="message_id_reused")]
        self.holds(promises.other_body_refused, job("send", "invalid", reuses=True, replies=refusal))
        self.broken(promises.other_body_refused, job("send", "sent", reuses=True))


class Records(Cases):
    def recorded(self, made, outcome="sent", is_finished=True, state="confirmed", raw=None):
        return {made.id: Record(is_finished, outcome, raw or reply(outcome).raw, state)}

    def test_nothing_lost(self):
        answered, silent = job("send", "sent"), job("send", None)
        self.holds(promises.nothing_lost, answered, records=self.recorded(answered))
        self.broken(promises.nothing_lost, answered)
        self.broken(promises.nothing_lost, answered, records=self.recorded(answered, is_finished=False))
        self.broken(promises.nothing_lost, silent, records=self.recorded(silent))
        self.broken(promises.nothing_lost, job("options", None))
        self.assertEqual(promises.nothing_lost(evidence(job("send", None, confirmed=False))).checked, 0)

    def test_as_recorded(self):
        made = job("send", "sent")
        self.holds(promises.answered_as_recorded, made, records=self.recorded(made))
        self.broken(promises.answered_as_recorded, made, records=self.recorded(made, "uncertain"))
        self.broken(promises.answered_as_recorded, made, records=self.recorded(made, raw=b"{}"))

    def test_an_approval_answered_late(self):
        def answered(at, reason="already_used"):
            return job("check", "expired", replies=[reply("expired", at, reason=reason)])

        self.holds(promises.answered_as_recorded, answered(91.0), records=self.recorded(answered(91.0), "approved"))
        for made in (answered(80.0), answered(91.0, "code_expired")):
            self.broken(promises.answered_as_recorded, made, records=self.recorded(made, "approved"))
        self.broken(promises.answered_as_recorded, answered(91.0), records=self.recorded(answered(91.0), "denied"))

    def test_returned(self):
        made = job("send", None, address="missing")
        self.holds(promises.answered_as_recorded, made, records=self.recorded(made, state="undeliverable"))
        self.broken(promises.answered_as_recorded, made, records=self.recorded(made))

    def test_outcome(self):
        asked, made = job("send", "sent"), job("outcome", "sent", asks_for="send-sent-0")
        self.holds(promises.outcome_repeats, made, records=self.recorded(asked))
        self.broken(promises.outcome_repeats, made, records=self.recorded(asked, "uncertain"))


class Remains(Cases):
    def test_logs(self):
        made = job("check", "denied", code="123456")
        self.holds(promises.nothing_in_logs, made, log_lines=[("w", "code of +1········00"), ("w", "at 12.123456 s")])
        for line in ("code 123456", '"code":123456', "code:123456", "to +12125550100", '"12125550100"'):
            self.broken(promises.nothing_in_logs, made, log_lines=[("w", line)])

    def test_store(self):
        made = job("send", "sent")
        self.holds(promises.nothing_in_store, made, store_files={"store.db": b"+1********00"})
        self.broken(promises.nothing_in_store, made, store_files={"store.db": b"x" + NUMBER.encode()})

    def test_queues(self):
        self.holds(promises.queues_empty, queues={"verify.send": 0})
        self.broken(promises.queues_empty, queues={"verify.send": 1})

    def test_workers(self):
        good = [Exit("w", -9, "kill"), Exit("w", 0, "term"), Exit("w", 69, "", excused=True)]
        self.holds(promises.workers_end_well, exits=good)
        for bad in (Exit("w", -11, ""), Exit("w", -9, "term"), Exit("w", 69, ""), Exit("w", 0, "")):
            self.broken(promises.workers_end_well, exits=[bad])

    def test_store_is_sound(self):
        self.holds(promises.store_is_sound)
        self.broken(promises.store_is_sound, integrity="row 3 missing")


class Recovery(unittest.TestCase):
    def test_the_last_victim_counts(self):
        jobs = [job("send", "sent", replies=[reply("sent", at)]) for at in (4.0, 9.0)]
        for made in jobs:
            made.published_at = 2.0
        after = job("send", "sent", replies=[reply("sent", 50.0)], published_at=6.0)
        found = recovery.recoveries(jobs + [after], [Fault("cut", 1, 5), Fault("cut", 60, 61)])
        self.assertEqual(found, {"cut": [4.0, 0.0]})


if __name__ == "__main__":
    unittest.main()
