"""The state machine of waiting jobs, without a broker or a clock."""

import datetime
import json
import unittest

import verify_courier_client as vc
from verify_courier_client.pending import FORBIDDEN_FOR, PendingJobs

WALL = datetime.datetime(2026, 3, 2, 9, 15, 4, 210_000, tzinfo=datetime.UTC)
LOGIN = vc.Login("anna", login="sign-in-0001", application="windows")


def recorded(job, **fields):
    return json.dumps({"job": job.message_id, **fields}).encode()


class Scene(unittest.TestCase):
    def setUp(self):
        self.pending = PendingJobs(most=3, linger=5)
        self.results = []
        self.now = 100.0

    def add(self, job):
        return self.pending.add(job, self.results.append, now=self.now, wall=WALL)

    def take(self):
        return self.pending.take(WALL)

    def asked(self, job):
        """A job that the broker has taken."""
        self.add(job)
        self.pending.opened("first")
        (publication,) = self.take()
        self.pending.confirmed(publication)
        return publication

    def hear(self, publication, raw):
        self.pending.heard(publication.correlation_id, raw, now=self.now)

    def lose(self, why="gone", code=None):
        self.pending.closed(why, code, now=self.now)

    def pass_time(self, seconds):
        self.now += seconds
        self.pending.tick(self.now)


class Publishing(Scene):
    def test_what_goes_out_is_what_the_contract_says(self):
        self.add(vc.send(LOGIN, "sms"))
        self.assertEqual(self.take(), [], "nothing before there is a reply queue")
        self.pending.opened("verify.reply.web.1")
        (publication,) = self.take()
        self.assertEqual(publication.key, "send")
        self.assertEqual(publication.type, "verify.send.v1")
        self.assertEqual(publication.reply_to, "verify.reply.web.1")
        self.assertEqual(publication.deadline, "2026-03-02T09:15:24.210Z")
        self.assertEqual(
            json.loads(publication.body),
            {"user": "anna", "login": "sign-in-0001", "application": "windows", "channel": "sms"},
        )
        self.assertEqual(self.take(), [], "once")

    def test_a_full_lane_is_tried_again_under_the_same_id(self):
        self.add(vc.send(LOGIN, "sms"))
        self.pending.opened("first")
        (first,) = self.take()
        self.pending.refused(first, now=self.now)
        self.assertEqual(self.take(), [])
        self.pass_time(0.3)
        (second,) = self.take()
        self.assertEqual((first.message_id, first.body, first.deadline), (second.message_id, second.body, second.deadline))
        self.pending.refused(second, now=self.now)
        self.pass_time(25)
        self.assertIsInstance(self.results[0], vc.Unreachable)
        self.assertIn("full", str(self.results[0]))

    def test_what_no_queue_takes_is_an_error_at_once(self):
        self.add(vc.send(LOGIN, "sms"))
        self.pending.opened("first")
        (publication,) = self.take()
        self.pending.returned(publication)
        self.pending.confirmed(publication)
        self.assertIsInstance(self.results[0], vc.Unroutable)
        self.assertFalse(self.results[0].may_have_happened)

    def test_a_job_that_is_forbidden_does_not_close_the_channel_for_everybody_again(self):
        forbidden, other = vc.make("admin.user.get", {"operator": "olga", "user": "anna"}), vc.options(LOGIN)
        self.add(forbidden)
        self.add(other)
        self.pending.opened("first")
        self.take()
        self.lose("ACCESS_REFUSED - access to topic 'admin.user.get' in exchange 'verify' refused", 403)
        self.assertIsInstance(self.results[0], vc.Forbidden)
        self.pending.opened("second")
        self.assertEqual([publication.key for publication in self.take()], ["options"])
        self.add(forbidden)
        self.assertEqual(self.take(), [])
        self.assertIsInstance(self.results[1], vc.Forbidden)
        self.pass_time(1)
        self.now += FORBIDDEN_FOR
        self.add(forbidden)
        self.assertEqual([publication.key for publication in self.take()], ["admin.user.get"])

    def test_without_the_exchange_jobs_are_unroutable_and_only_those_in_flight(self):
        self.asked(vc.options(LOGIN))
        self.add(vc.send(LOGIN, "sms"))
        self.take()
        self.lose("NOT_FOUND - no exchange 'verify' in vhost '/'", 404)
        self.assertEqual([type(result) for result in self.results], [vc.Unroutable])
        self.assertEqual(len(self.pending), 1)
        self.lose("NOT_FOUND - no queue 'verify.reply.web.1'", 404)
        self.assertEqual(len(self.pending), 1, "a reply queue that is not there says nothing about a job")

    def test_a_reply_queue_that_may_not_be_had_is_said_at_the_end(self):
        self.add(vc.options(LOGIN))
        self.lose("ACCESS_REFUSED - access to queue refused", 403)
        self.pass_time(10)
        self.assertIsInstance(self.results[0], vc.Forbidden)


class Hearing(Scene):
    def test_the_reply_ends_the_wait_and_a_repeat_is_dropped(self):
        job = vc.send(LOGIN, "sms")
        publication = self.asked(job)
        for _ in range(2):
            self.hear(publication, recorded(job, outcome="sent"))
        self.assertEqual([result.outcome for result in self.results], [vc.Outcome.SENT])
        self.assertEqual(len(self.pending), 0)

    def test_a_reply_may_come_before_the_confirmation(self):
        job = vc.send(LOGIN, "sms")
        self.add(job)
        self.pending.opened("first")
        (publication,) = self.take()
        self.hear(publication, recorded(job, outcome="sent"))
        self.pending.confirmed(publication)
        self.assertEqual(self.results[0].outcome, vc.Outcome.SENT)

    def test_nobody_is_let_in_by_what_is_no_reply(self):
        for raw in (b"", b"{", b"[]", b"null", b"{}", b'{"outcome":7}', b'{"outcome":"approved?"}', b"\xff"):
            self.hear(self.asked(vc.check(LOGIN, "123456", "phone")), raw)
            self.assertIsInstance(self.results.pop(), vc.Unreadable)

    def test_an_approval_of_another_job_is_none(self):
        self.hear(self.asked(vc.check(LOGIN, "123456", "phone")), b'{"outcome":"approved","job":"somebody-elses"}')
        self.assertIsInstance(self.results[0], vc.Unreadable)

    def test_a_stranger_is_not_heard(self):
        job = vc.send(LOGIN, "sms")
        self.asked(job)
        for correlation in (None, "", "x", "x.outcome"):
            self.pending.heard(correlation, recorded(job, outcome="sent"), now=self.now)
        self.assertEqual(self.results, [])


class LosingReplies(Scene):
    def setUp(self):
        super().setUp()
        self.job = vc.send(LOGIN, "sms")

    def reopened(self):
        """The job was taken, then the connection went; what is published now."""
        self.asked(self.job)
        self.lose()
        self.pending.opened("second")
        (publication,) = self.take()
        return publication

    def test_the_recorded_outcome_is_asked_for(self):
        probe = self.reopened()
        self.assertEqual((probe.key, probe.reply_to), ("outcome", "second"))
        fields = {"user": "anna", "login": "sign-in-0001", "application": "windows", "job": self.job.message_id}
        self.assertEqual(json.loads(probe.body), fields)
        self.hear(probe, recorded(self.job, outcome="sent"))
        self.assertEqual(self.results[0].outcome, vc.Outcome.SENT)

    def test_what_is_under_way_is_asked_about_again(self):
        self.hear(self.reopened(), b'{"outcome":"unknown_job","reason":"in_progress"}')
        self.assertEqual(self.take(), [])
        self.pass_time(0.3)
        (again,) = self.take()
        self.assertEqual(again.key, "outcome")

    def test_what_nothing_is_recorded_of_is_published_again_with_the_new_queue(self):
        self.hear(self.reopened(), b'{"outcome":"unknown_job","reason":"no_record"}')
        (again,) = self.take()
        self.assertEqual((again.key, again.message_id, again.body), ("send", self.job.message_id, self.job.body))
        self.assertEqual(again.reply_to, "second")

    def test_a_question_that_fails_is_no_answer(self):
        self.hear(self.reopened(), b'{"outcome":"unavailable","reason":"provider_unreachable","job":"the-question"}')
        self.assertEqual(self.results, [])
        self.pass_time(0.3)
        self.assertEqual(self.take()[0].key, "outcome")

    def test_an_unreadable_answer_to_a_question_is_none(self):
        self.hear(self.reopened(), b"{")
        self.assertEqual(self.results, [])

    def test_one_that_was_not_confirmed_is_published_again(self):
        self.add(self.job)
        self.pending.opened("first")
        (first,) = self.take()
        self.lose()
        self.pending.opened("second")
        (second,) = self.take()
        self.assertEqual((second.key, second.message_id), ("send", first.message_id))

    def test_what_only_reads_is_published_again(self):
        self.job = vc.options(LOGIN)
        self.assertEqual(self.reopened().key, "options")

    def test_an_administrators_job_is_published_again(self):
        self.job = vc.make("admin.user.get", {"operator": "olga", "user": "anna"})
        self.assertEqual(self.reopened().key, "admin.user.get")

    def test_a_question_is_asked_anew_on_the_next_queue(self):
        self.reopened()
        self.lose()
        self.pending.opened("third")
        (probe,) = self.take()
        self.assertEqual((probe.key, probe.reply_to), ("outcome", "third"))

    def test_a_reply_that_got_lost_unnoticed_is_asked_for_when_the_patience_is_over(self):
        self.asked(self.job)
        self.pass_time(19)
        self.assertEqual(self.take(), [])
        self.pass_time(1)
        (probe,) = self.take()
        self.assertEqual(probe.key, "outcome")
        self.hear(probe, b'{"outcome":"unknown_job","reason":"no_record"}')
        self.pass_time(1)
        self.assertEqual(self.take(), [], "it waits in its lane, and names this queue")
        self.pass_time(4)
        self.assertIsInstance(self.results[0], vc.NoReply)


class Ending(Scene):
    def test_every_wait_ends(self):
        self.add(vc.options(LOGIN))
        self.pass_time(9.9)
        self.assertEqual(self.results, [])
        self.pass_time(0.1)
        self.assertIsInstance(self.results[0], vc.Unreachable)
        self.assertFalse(self.results[0].may_have_happened)

    def test_one_that_was_published_may_have_happened(self):
        self.add(vc.send(LOGIN, "sms"))
        self.pending.opened("first")
        self.take()
        self.lose("timed out")
        self.pass_time(25)
        self.assertIn("timed out", str(self.results[0]))
        self.assertTrue(self.results[0].may_have_happened)

    def test_no_more_wait_than_there_is_room_for(self):
        tickets = [self.add(vc.options(LOGIN)) for _ in range(3)]
        with self.assertRaises(vc.TooManyWaiting):
            self.add(vc.options(LOGIN))
        self.pending.withdraw(tickets[0])
        self.pending.withdraw(tickets[0])
        self.assertEqual(len(self.pending), 2)
        self.add(vc.options(LOGIN))

    def test_the_same_job_at_the_same_time_is_published_once(self):
        job = vc.send(LOGIN, "sms", nonce="n")
        self.add(job)
        ticket = self.add(vc.send(LOGIN, "sms", nonce="n"))
        self.pending.opened("first")
        (publication,) = self.take()
        self.pending.withdraw(ticket)
        self.add(job)
        self.assertEqual(self.take(), [])
        self.hear(publication, recorded(job, outcome="sent"))
        self.assertEqual([result.outcome for result in self.results], [vc.Outcome.SENT] * 2)
        self.assertEqual(len(self.pending), 0)

    def test_one_that_nobody_waits_for_is_not_published(self):
        self.pending.withdraw(self.add(vc.options(LOGIN)))
        self.pending.opened("first")
        self.assertEqual(self.take(), [])

    def test_closing_ends_all(self):
        self.add(vc.options(LOGIN))
        self.pending.end_all(vc.Closed("closed"))
        self.assertIsInstance(self.results[0], vc.Closed)
        self.assertEqual(len(self.pending), 0)


if __name__ == "__main__":
    unittest.main()
