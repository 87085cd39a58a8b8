"""A lender's loans file for the bench: seeded, quick to write, spread evenly over days past due.

So many loans fall due every day that one night is like the next: 151 days of overdue loans (0 to
150 days past due), and ten days' worth of loans that are not due yet. Nobody in it exists.
"""

import csv
import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

LONGEST_OVERDUE = 150
WAITING_DAYS = 10
LOANS_A_BORROWER = 1.1
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉萍红健"
PRODUCTS = ("现金贷", "消费分期", "车贷", "教育分期")
CHANNELS = ("App", "合作平台A", "合作平台B", "线下门店")
REGIONS = ("上海", "广东", "四川", "湖北", "新疆", "浙江", "北京", "福建")
OCCUPATIONS = ("司机", "教师", "厨师", "工程师", "店员", "个体经营", "会计", "护士")
COLUMNS = (
    *("loan_no", "borrower_no", "borrower_name", "id_no", "phone", "product", "channel", "region"),
    *("loan_amount", "disbursed_on", "due_date", "principal", "interest", "fee", "penalty"),
    *("collection_score", "lost_contact_score", "timezone", "attr.occupation"),
)


@dataclass(frozen=True, slots=True)
class BookFile:
    """A loans file, how many loans it has, and how many of them are due on its date."""

    path: Path
    loans: int
    due: int


def write_book(path: Path, *, as_of: date, due: int, seed: str) -> BookFile:
    """Write a loans file of which `due` loans are due on `as_of`; the same seed, the same file."""
    rng = random.Random(seed)  # noqa: S311 made-up data
    waiting = round(due * WAITING_DAYS / (LONGEST_OVERDUE + 1))
    days = [n % (LONGEST_OVERDUE + 1) for n in range(due)]
    days += [-1 - n % WAITING_DAYS for n in range(waiting)]
    rng.shuffle(days)
    borrower: tuple[str, ...] = ()
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number, overdue in enumerate(days):
            if not borrower or rng.random() < 1 / LOANS_A_BORROWER:
                borrower = _borrower(rng, number)
            rows.writerow(_loan(rng, number, borrower, as_of - timedelta(overdue), overdue))
    return BookFile(path, len(days), due)


def _borrower(rng: random.Random, number: int) -> tuple[str, ...]:
    """Number, name, id number and phone of somebody."""
    name = rng.choice(SURNAMES) + rng.choice(GIVEN) + rng.choice(GIVEN)
    born = date(1960, 1, 1) + timedelta(rng.randrange(15_000))
    id_no = f"{rng.randrange(110000, 660000)}{born:%Y%m%d}{rng.randrange(1000, 9999)}"
    return f"B{number:09d}", name, id_no, f"1{rng.choice('3578')}{rng.randrange(10**9):09d}"


def _loan(
    rng: random.Random, number: int, borrower: tuple[str, ...], due_date: date, overdue: int
) -> tuple[object, ...]:
    """A row of the file in the order of COLUMNS."""
    cents = rng.randrange(50_000, 3_000_000)
    return (
        f"L{number:010d}",
        *borrower,
        rng.choice(PRODUCTS),
        rng.choice(CHANNELS),
        rng.choice(REGIONS),
        _money(cents * 14 // 10),
        due_date - timedelta(rng.randrange(30, 360)),
        due_date,
        _money(cents),
        _money(cents // 25),
        rng.choice(("0", "20.00", "43.50")),
        _money(cents * max(overdue, 0) // 2000),
        rng.randrange(250, 850),
        rng.randrange(100, 900),
        "",
        rng.choice(OCCUPATIONS),
    )


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
