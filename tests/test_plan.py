"""A plan for one patient: what cautions bar is gone, what they change is said, doses stay inside their limits."""

import pytest

from gluterelief_pdf import facts as fact_files
from gluterelief_pdf import handout, plan
from gluterelief_pdf.errors import OptionError
from gluterelief_pdf.model import Choice, Clinic, Plan, Sheet
from gluterelief_pdf.tables import Content
from tests.caution_matrix import COLUMNS, MATRIX
from tests.reading import leaves
from tests.reading import plain as squeezed

FACTS = fact_files.load(Content.of())
CAUTIONS = {caution.key: caution for caution in FACTS.cautions}
CELLS = [
    (caution, what, cell)
    for caution, cells in MATRIX.items()
    for what, cell in zip(COLUMNS.values(), cells.replace(" ", ""), strict=True)
]
STOPS = [key for key, caution in CAUTIONS.items() if len(caution.bar) >= len(FACTS.techniques)]


def planned(**choice: object) -> Plan:
    return plan.make(FACTS, Choice(**choice))  # type: ignore[arg-type]


def filled(**choice: object) -> Sheet:
    return handout.fill("en", Clinic(), choice=Choice(**choice))  # type: ignore[arg-type]


def names(made: Plan) -> set[str]:
    """Name every technique and position that is on the sheet."""
    return {t.key for t in made.techniques} | {name for t in made.techniques for name in plan.positions(t)}


def test_the_matrix_is_whole() -> None:
    assert MATRIX.keys() == CAUTIONS.keys()
    assert len(CELLS) == len(COLUMNS) * len(MATRIX) >= 14 * 32
    assert {what.partition(".")[0] for what in COLUMNS.values()} == {technique.key for technique in FACTS.techniques}
    assert {cell for _, _, cell in CELLS} == {"x", "m", "o"}


@pytest.mark.parametrize(("caution", "what", "cell"), CELLS, ids=[f"{c}-{w}" for c, w, _ in CELLS])
def test_every_cell_of_the_matrix_does_what_it_says(caution: str, what: str, cell: str) -> None:
    technique = what.partition(".")[0]
    here = "find.face-down" if what == "find" else what  # its other positions are not in the matrix
    if caution in STOPS:
        with pytest.raises(OptionError, match=f"no plan is made, since {caution}"):
            planned(cautions=(caution,))
        assert cell == "x"
        return

    sheet = filled(cautions=(caution,))

    said = vars(sheet.texts.technique)[technique]
    changed = {name.split(".")[0] for name, _ in sheet.plan.changed}
    if cell == "x":
        assert here not in names(sheet.plan)
    elif cell == "m":
        assert technique in names(sheet.plan)
        assert technique in changed
        assert said.advice
    else:
        assert here in names(sheet.plan)
        own = {name for name, _ in sheet.plan.changed if name in (what, technique)}
        assert not own


def test_a_barred_position_is_neither_pictured_nor_told() -> None:
    sheet = filled(cautions=("blood-thinner",))

    html, _, _ = handout.source(sheet)
    ball = vars(sheet.texts.technique)["ball"]
    assert squeezed(vars(ball.position)["lying"].alt) not in squeezed(html)
    assert "Foam roller" not in html.split("<body")[1].split("Press on the sore spots")[1]
    assert not [step for step in ball.how if "floor" in step]
    assert "foam roller" not in sheet.texts.summary.equipment
    assert "Foam roller" not in sheet.texts.log.rows


def test_of_several_cautions_the_strictest_holds() -> None:
    both = planned(cautions=("blood-thinner", "walking-aid"))

    assert "ball" not in names(both)
    assert both.numbers["pressure"].high == 3
    fingers = next(technique for technique in both.techniques if technique.key == "fingers")
    assert fingers.dose["hold"].high == 30


def test_each_advice_is_printed_once() -> None:
    for first in CAUTIONS:
        for second in ("blood-thinner", "nerve", "balance"):
            if first in STOPS or first == second:
                continue
            made = planned(cautions=(first, second), techniques=("ball.wall", "strength", "care", "find"), even_so=True)
            for texts in made.advice.values():
                assert len(texts) == len(set(texts))


def test_what_is_barred_is_refused_by_name_and_dropped_from_a_group() -> None:
    with pytest.raises(OptionError) as error:
        planned(techniques=("foam-roller",), cautions=("nerve", "balance"))

    assert str(error.value) == "--technique: foam-roller is barred by nerve and balance"
    assert "foam-roller" not in names(planned(techniques=("press",), cautions=("nerve",)))
    with pytest.raises(OptionError, match=r"^--technique: ball\.lying is barred by nerve$"):
        planned(techniques=("ball.lying",), cautions=("nerve",))


def test_even_so_keeps_what_was_named_and_remembers_it() -> None:
    made = planned(techniques=("foam-roller", "stretch"), cautions=("nerve",), even_so=True)

    assert "foam-roller" in names(made)
    assert "pigeon" not in names(made)
    assert [(barred.what, barred.cautions) for barred in made.kept] == [("foam-roller", ("nerve",))]


@pytest.mark.parametrize("caution", STOPS)
def test_where_a_caution_bars_all_there_is_no_plan_even_so(caution: str) -> None:
    with pytest.raises(OptionError) as error:
        planned(techniques=("glute-bridge",), cautions=(caution,), even_so=True)

    assert str(error.value) == f"--caution: no plan is made, since {caution} leaves no technique"


def test_techniques_come_in_the_order_given_and_pressing_brings_finding() -> None:
    made = planned(techniques=("clamshell", "ball.sitting", "ball.wall", "heat"))

    assert [technique.key for technique in made.techniques] == ["find", "clamshell", "ball", "heat"]
    assert made.groups == ("find", "strength", "press", "care")
    ball = made.techniques[2]
    assert [at.key for at in ball.positions] == ["wall", "sitting"]
    assert planned(techniques=("stretch",)).techniques[0].key == "figure-four"


def test_without_leaves_out_a_technique_a_position_or_a_group() -> None:
    assert not {"pigeon", "ball.lying", "heat", "ice"} & names(planned(without=("pigeon", "ball.lying", "care")))
    with pytest.raises(OptionError, match="leaves nothing"):
        planned(techniques=("pigeon",), without=("pigeon",))


def test_a_single_position_reads_as_the_first() -> None:
    sheet = filled(techniques=("ball.lying",))

    assert vars(sheet.texts.technique)["ball"].how[0] == "Lie on your back, knees bent."


@pytest.mark.parametrize(
    ("typed", "part", "low", "high"),
    [
        ("ball.hold=45s", "hold", 45, 45),
        ("ball.hold=30-45", "hold", 30, 45),
        ("ball.hold=1min", "hold", 60, 60),
        ("BALL.HOLD = 1.5 min", "hold", 90, 90),
        ("ball.spots=2", "spots", 2, 2),
        ("ball.spots=2 spots", "spots", 2, 2),
        ("ball.daily=2", "daily", 2, 2),
    ],
)
def test_a_dose_is_read_as_it_is_typed(typed: str, part: str, low: float, high: float) -> None:
    dose = planned(techniques=("ball",), doses=(typed,)).techniques[1].dose[part]

    assert (dose.low, dose.high) == (low, high)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (
            "ball.hold=2min",
            "--dose: ball.hold: 120 seconds is over the safe limit of 90 seconds: "
            "a longer hold may bruise muscle and press on a nerve; a shorter one does little",
        ),
        (
            "figure-four.hold=5",
            "--dose: figure-four.hold: 5 seconds is under the safe limit of 10 seconds: "
            "longer holds add strain and no benefit; shorter ones do little",
        ),
        ("ball.hold=", "--dose: 'ball.hold=' cannot be read"),
        ("ball.hold=soon", "--dose: 'ball.hold=soon': 'soon' is not a number or a range"),
        ("ball.hold=60-30", "--dose: 'ball.hold=60-30': the range runs backwards"),
        ("ball.hold=-5", "--dose: 'ball.hold=-5': '-5' is not a number or a range"),
        ("ball.spots=2.5", "--dose: 'ball.spots=2.5': half of one cannot be done"),
        ("ball.spots=2min", "--dose: 'ball.spots=2min': 'min' does not fit"),
        ("balls.hold=30", "--dose: no technique 'balls'"),
        ("ball.held=30", "--dose: ball has no 'held'"),
        ("pigeon.hold=30", "--dose: pigeon is not on this sheet"),
    ],
)
def test_a_dose_that_is_wrong_is_refused_with_the_reason(typed: str, message: str) -> None:
    with pytest.raises(OptionError) as error:
        planned(techniques=("ball", "figure-four"), doses=(typed,))

    assert str(error.value) == message
    assert error.value.hint


def test_every_dose_has_a_reason_for_its_limits() -> None:
    without = [
        f"{technique.group}.{part}"
        for technique in FACTS.techniques
        for part, number in technique.dose.items()
        if number.limit is not None and part not in FACTS.reasons.get(technique.group, {})
    ]

    assert FACTS.reasons
    assert without == []


def test_a_caution_narrows_the_dose_that_may_be_chosen() -> None:
    with pytest.raises(OptionError, match="over the safe limit of 30 seconds"):
        planned(cautions=("blood-thinner",), doses=("fingers.hold=45s",))

    assert "30 seconds" in squeezed(filled(cautions=("blood-thinner",)).texts.safety.hold.most)


def test_a_changed_dose_reads_the_same_everywhere() -> None:
    sheet = filled(techniques=("fingers",), doses=("fingers.hold=20s", "fingers.spots=2"))

    assert squeezed(vars(sheet.texts.safety.hold)["move-on"]).startswith("Hold 20 seconds")
    assert "2 spots, 20 seconds each" in squeezed(vars(sheet.texts.safety.amount)["build-up"])
    cells = vars(sheet.texts.technique)["fingers"].cells
    assert squeezed(cells[0].value) == "20 seconds"


def test_too_long_a_press_and_too_many_exercises_are_warned_about() -> None:
    assert planned().warnings == ()
    long = planned(doses=("ball.hold=90s", "ball.spots=5"))
    assert long.warnings == (
        "ball: up to 7.5 minutes a side a day, over the 5 that are safe; choose fewer spots or a shorter hold",
    )
    many = planned(techniques=("press", "figure-four-chair", "pigeon", "hip-flexor", "strength", "heat", "figure-four"))
    assert many.exercises == 8
    assert many.warnings == ()


def test_safety_follows_the_plan_and_red_flags_never_go() -> None:
    always = ("emergency-nerve", "emergency-other", "same-day", "do-not", "ask-first", "visit")
    stretch = filled(techniques=("figure-four-chair",))
    press = filled(techniques=("fingers",))
    whole = filled()

    assert whole.safety == FACTS.safety
    assert [group for group in always if stretch.safety.get(group) != FACTS.safety[group]] == []
    assert set(stretch.safety) == set(always)
    assert set(press.safety) == {*always, "place", "pressure", "hold", "feel", "amount"}
    assert "floor" in filled(techniques=("ball.lying",)).safety


def test_the_plan_in_short_and_the_log_follow_the_plan() -> None:
    sheet = filled(techniques=("clamshell",))
    html, _, _ = handout.source(sheet)

    assert sheet.texts.log.rows == ("Clamshell",)
    assert squeezed(sheet.texts.summary.press) not in squeezed(html)
    assert squeezed(sheet.texts.summary.strength) in squeezed(html)
    assert "ball" not in sheet.texts.summary.equipment
    assert [text for _, text in leaves(sheet.texts.log)]


def test_a_caution_of_which_nothing_is_known_is_refused() -> None:
    with pytest.raises(OptionError) as error:
        planned(cautions=("pregnant",))

    assert str(error.value) == "--caution: 'pregnant' is not known"
    assert error.value.hint == "Did you mean 'pregnancy'? `make-handout cautions` lists them."
