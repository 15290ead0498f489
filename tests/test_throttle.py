"""Signing in: who guesses is slowed and told so, the right password gets in, and all of it is logged."""

import logging
from datetime import timedelta
from ipaddress import ip_network

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from bingosim_project.throttle import KNOWN_FOR, MOST_BY_ACCOUNT, MOST_BY_ADDRESS, MOST_BY_BOTH
from bingosim_project.visitors import address_of

PASSWORD = "a long password"
HOME, ELSEWHERE = "203.0.113.7", "198.51.100.9"
REFUSED = "There were too many wrong passwords."


@pytest.fixture(autouse=True)
def _captain(db: None) -> None:
    User.objects.create_superuser("captain", password=PASSWORD)


def sign_in(*, name: str = "captain", password: str = PASSWORD, address: str = HOME) -> int:
    """Try to sign in as somebody whom nobody saw before, and return the status of the answer."""
    form = {"username": name, "password": password}
    return Client().post(reverse("admin:login"), form, REMOTE_ADDR=address).status_code


def guess(times: int, *, name: str = "captain", address: str = HOME) -> list[int]:
    return [sign_in(name=name, password=f"wrong {number}", address=address) for number in range(times)]


def recorded(failures: int, *, name: str, address: str) -> None:
    """Leave what so many wrong passwords would have left."""
    AccessAttempt.objects.create(username=name, ip_address=address, failures_since_start=failures)


def some_time_later(passed: timedelta) -> None:
    for model in (AccessAttempt, AccessLog):
        for kept in model.objects.all():
            model.objects.filter(pk=kept.pk).update(attempt_time=kept.attempt_time - passed)


def test_after_five_wrong_passwords_the_right_one_is_refused() -> None:
    assert guess(MOST_BY_BOTH) == [200] * (MOST_BY_BOTH - 1) + [429]
    assert sign_in() == 429


def test_before_that_the_right_one_is_taken_and_the_wrong_ones_are_forgotten() -> None:
    guess(MOST_BY_BOTH - 1)
    assert sign_in() == 302
    guess(MOST_BY_BOTH - 1)
    assert sign_in() == 302


def test_who_guesses_elsewhere_locks_nobody_out() -> None:
    guess(MOST_BY_BOTH, address=ELSEWHERE)
    assert sign_in(address=HOME) == 302


def test_an_account_is_locked_whether_there_is_one_or_not() -> None:
    assert guess(MOST_BY_BOTH, name="nobody")[-1] == 429


def test_who_tries_many_accounts_is_refused_for_all() -> None:
    for number in range(MOST_BY_ADDRESS // 4):
        recorded(4, name=f"member {number}", address=ELSEWHERE)
    guess(MOST_BY_ADDRESS % 4, name="another", address=ELSEWHERE)
    assert sign_in(address=ELSEWHERE) == 429
    assert sign_in(address=HOME) == 302


def test_signing_in_between_gives_no_more_guesses_at_others() -> None:
    User.objects.create_user("traitor", password=PASSWORD, is_staff=True)
    guess(MOST_BY_BOTH - 1, address=ELSEWHERE)
    assert sign_in(name="traitor", address=ELSEWHERE) == 302
    assert guess(1, address=ELSEWHERE) == [429]


def test_an_account_that_many_addresses_guess_at_is_open_where_it_signed_in_before() -> None:
    assert sign_in(address=HOME) == 302
    for number in range(MOST_BY_ACCOUNT // 4):
        recorded(4, name="captain", address=f"192.0.2.{number}")
    assert sign_in(address=ELSEWHERE) == 429
    assert sign_in(address=HOME) == 302


def test_an_address_is_known_for_a_month() -> None:
    assert sign_in(address=HOME) == 302
    some_time_later(KNOWN_FOR)
    recorded(MOST_BY_ACCOUNT, name="captain", address=ELSEWHERE)
    assert sign_in(address=HOME) == 429


def test_addresses_of_long_ago_are_forgotten() -> None:
    sign_in(address=HOME)
    some_time_later(KNOWN_FOR)
    sign_in(address=ELSEWHERE)
    assert [kept.ip_address for kept in AccessLog.objects.all()] == [ELSEWHERE]


def test_a_lock_ends_after_a_quarter_of_an_hour() -> None:
    guess(MOST_BY_BOTH)
    some_time_later(timedelta(minutes=15))
    assert sign_in() == 302


def test_trying_again_makes_it_no_longer() -> None:
    guess(MOST_BY_BOTH)
    some_time_later(timedelta(minutes=14))
    assert guess(3) == [429] * 3
    some_time_later(timedelta(minutes=1))
    assert sign_in() == 302


def test_the_page_says_until_when(client: Client) -> None:
    guess(MOST_BY_BOTH)
    address = f"{reverse('admin:login')}?next=/admin/events/event/"
    form = {"username": "captain", "password": PASSWORD}
    answer = client.post(address, form, REMOTE_ADDR=HOME)
    page = answer.content.decode()
    assert f"{REFUSED} Signing in is possible again in 15 minutes, at " in page
    assert "Please enter the correct" not in page
    assert 'value="captain"' in page
    assert "next=/admin/events/event/" in page
    assert 880 < int(answer.headers["Retry-After"]) <= 900


@pytest.mark.parametrize(
    "command",
    [("axes_reset_username", "captain"), ("axes_reset_ip", HOME), ("axes_reset",)],
    ids=lambda command: command[0],
)
def test_a_command_lets_people_in_again(command: tuple[str, ...]) -> None:
    guess(MOST_BY_BOTH)
    call_command(*command)
    assert sign_in() == 302


def test_what_was_tried_is_logged_without_passwords(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        guess(MOST_BY_BOTH)
        sign_in()
        sign_in(address=ELSEWHERE)
    assert f"New login failure by 'captain' from {HOME}" in caplog.text
    assert f"Locking out 'captain' from {HOME}" in caplog.text
    assert f"signing in as 'captain' from {HOME} is refused for 900 s" in caplog.text
    assert f"Successful login by 'captain' from {ELSEWHERE}" in caplog.text
    assert "wrong 0" not in caplog.text
    assert PASSWORD not in caplog.text


def test_a_name_can_not_make_up_lines_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    guess(1, name="x\nAXES: Successful login by 'captain'")
    assert not [line for line in caplog.text.splitlines() if line.startswith("AXES:")]


def test_no_password_is_stored() -> None:
    guess(2)
    kept = AccessAttempt.objects.get()
    assert "wrong" not in f"{kept.post_data} {kept.get_data}"


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (HOME, "", HOME),
        # Nobody believes a visitor who names another address.
        (HOME, ELSEWHERE, HOME),
        ("10.0.0.1", ELSEWHERE, ELSEWHERE),
        # What was there before our proxy added to it may be made up.
        ("10.0.0.1", f"{HOME}, {ELSEWHERE}", ELSEWHERE),
        ("10.0.0.1", f"{HOME}, {ELSEWHERE}, 10.0.0.2", ELSEWHERE),
        ("10.0.0.1", f"{ELSEWHERE}:50123", ELSEWHERE),
        ("10.0.0.1", f"{HOME}, nonsense", "10.0.0.1"),
        ("10.0.0.1", "[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::"),
        ("::ffff:10.0.0.1", ELSEWHERE, ELSEWHERE),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        # By a socket of the file system, only who is on this machine can ask.
        ("", ELSEWHERE, "127.0.0.1"),
    ],
)
def test_only_a_proxy_that_is_named_has_a_say_in_who_asks(
    peer: str, forwarded: str, address: str, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert address_of(request) == address


def test_behind_a_proxy_visitors_are_told_apart(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.1")]
    form = {"username": "captain", "password": "wrong"}

    def ask(visitor: str) -> int:
        headers = {"X-Forwarded-For": visitor}
        return (
            Client().post(reverse("admin:login"), form, headers=headers, REMOTE_ADDR="10.0.0.1").status_code
        )

    assert [ask(HOME) for _ in range(MOST_BY_BOTH)][-1] == 429
    assert ask(ELSEWHERE) == 200
