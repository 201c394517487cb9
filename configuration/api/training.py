"""What the pages of ``training`` do, for programs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import idempotent
from accounts.models import User
from configuration.permissions import answers_for_ground
from grids import services
from grids.models import Course, Steward
from grids.selectors.training import courses, records, sessions, training_gaps
from grids.services import Mark, Required
from lianqin.kernel.errors import Invalid, NotAllowed

MOST = 200


class RequirementIO(serializers.Serializer[Any]):
    """``role`` of staff or ``building_steward``; ``post`` of a grid worker, empty for each of them."""

    role = serializers.CharField(max_length=20)
    post = serializers.CharField(max_length=20, allow_blank=True, default="")
    since = serializers.DateField()


class CourseIO(serializers.Serializer[Any]):
    """``valid_months`` is null for a course that never expires; ``requirements`` replace those that stand."""

    code = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=80)
    outline = serializers.CharField(allow_blank=True, default="")
    hours = serializers.DecimalField(max_digits=5, decimal_places=1)
    valid_months = serializers.IntegerField(allow_null=True, default=None)
    active = serializers.BooleanField(default=True)
    requirements = RequirementIO(many=True, default=list)


class TrainingSessionIn(serializers.Serializer[Any]):
    course = serializers.CharField(max_length=20)
    held_on = serializers.DateField()
    place = serializers.CharField(max_length=80)
    teacher = serializers.CharField(max_length=40)
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class TrainingSessionOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    course = serializers.CharField(source="course.code")
    held_on = serializers.DateField()
    place = serializers.CharField()
    teacher = serializers.CharField()
    note = serializers.CharField()
    recorded = serializers.IntegerField(default=0)
    passed = serializers.IntegerField(default=0)


class MarkIn(serializers.Serializer[Any]):
    """``person`` is an account, or the number of a building steward."""

    person = serializers.CharField(max_length=150)
    passed = serializers.BooleanField()
    score = serializers.DecimalField(max_digits=4, decimal_places=1, allow_null=True, default=None)
    certificate = serializers.CharField(max_length=40, allow_blank=True, default="")


class MarksIn(serializers.Serializer[Any]):
    marks = MarkIn(many=True)


class TrainingRecordOut(serializers.Serializer[Any]):
    person = serializers.SerializerMethodField()
    name = serializers.SerializerMethodField()
    course = serializers.CharField(source="course.code")
    held_on = serializers.DateField()
    passed = serializers.BooleanField()
    score = serializers.DecimalField(max_digits=4, decimal_places=1)
    certificate = serializers.CharField()
    valid_until = serializers.DateField()

    def get_person(self, record: Any) -> str:
        return str(record.user.username if record.user else record.steward.number)

    def get_name(self, record: Any) -> str:
        return str(record.user or record.steward.name)


class TrainingGapOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    course = serializers.CharField(source="course_code")
    person = serializers.CharField(source="login")
    name = serializers.CharField()
    post = serializers.CharField()
    place = serializers.CharField()
    since = serializers.DateField()
    before_rule = serializers.BooleanField()
    until = serializers.DateField(allow_null=True)


class TrainingQuery(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")
    course = serializers.CharField(required=False, allow_blank=True, max_length=20, default="")
    only = serializers.CharField(required=False, allow_blank=True, max_length=10, default="")
    offset = serializers.IntegerField(required=False, min_value=0, max_value=10_000_000, default=0)


def told(kind: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """What was sent, read. Raise ValidationError."""
    read = kind(data=data)
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)


class Looked(ApiView):
    """What whoever drafts, appoints or approves may read."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in ("GET", "HEAD") and not answers_for_ground(self.actor):
            raise NotAllowed


class Courses(Looked):
    """Courses with what requires them; POST writes one, new or known by its code."""

    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=CourseIO(many=True))
    def get(self, request: Request) -> Response:
        shown = [{**_plain(course), "requirements": course.requirements.all()} for course in courses()]
        return Response(CourseIO(shown, many=True).data)

    @extend_schema(request=CourseIO, responses=CourseIO)
    @idempotent
    def post(self, request: Request) -> Response:
        values = told(CourseIO, request.data)
        values["requirements"] = [Required(**each) for each in values["requirements"]]
        course = services.save_course(by=self.actor, **values)
        return Response(CourseIO({**_plain(course), "requirements": course.requirements.all()}).data)


def _plain(course: Course) -> dict[str, Any]:
    return {name: getattr(course, name) for name in ("code", "name", "outline", "hours", "valid_months", "active")}


class Sessions(Looked):
    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(parameters=[TrainingQuery], responses=TrainingSessionOut(many=True))
    def get(self, request: Request) -> Response:
        asked = told(TrainingQuery, request.query_params)
        found = sessions(course=asked["course"])[asked["offset"] : asked["offset"] + MOST]
        return Response(TrainingSessionOut(found, many=True).data)

    @extend_schema(request=TrainingSessionIn, responses={201: TrainingSessionOut})
    @idempotent
    def post(self, request: Request) -> Response:
        values = told(TrainingSessionIn, request.data)
        course = Course.objects.filter(code=values.pop("course")).first()
        if course is None:
            raise Invalid(fields={"course": ["没有这门课程"]})
        session = services.hold_session(by=self.actor, course=course, **values)
        return Response(TrainingSessionOut(session).data, status=status.HTTP_201_CREATED)


class Attendance(ApiView):
    """Marks of a sitting, all or nothing; a second mark of a person corrects the first."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=MarksIn, responses=OpenApiTypes.OBJECT)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        marks = [_mark(each) for each in told(MarksIn, request.data)["marks"]]
        changed = services.record_attendance(by=self.actor, session_id=pk, marks=marks)
        return Response({"changed": changed})


def _mark(sent: dict[str, Any]) -> Mark:
    person, score = sent["person"], sent["score"]
    user = User.objects.filter(username=person, kind="staff").values_list("pk", flat=True).first()
    steward = None if user else Steward.objects.filter(number=person).values_list("pk", flat=True).first()
    return Mark(
        passed=sent["passed"], user_id=user, steward_id=steward, certificate=sent["certificate"],
        score=None if score is None else Decimal(score),
    )  # fmt: skip


class Records(Looked):
    """Records, the latest first, 200 from ``offset``; ``only``: failed, lapsed, expiring."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(parameters=[TrainingQuery], responses=TrainingRecordOut(many=True))
    def get(self, request: Request) -> Response:
        asked = told(TrainingQuery, request.query_params)
        found = records(text=asked["q"], course=asked["course"], only=asked["only"])
        return Response(TrainingRecordOut(found[asked["offset"] : asked["offset"] + MOST], many=True).data)


class Gaps(Looked):
    """Who is to be trained, 200 from ``offset``; ``only``: never, lapsed, expiring."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(parameters=[TrainingQuery], responses=TrainingGapOut(many=True))
    def get(self, request: Request) -> Response:
        asked = told(TrainingQuery, request.query_params)
        found, count = training_gaps(
            course=asked["course"], kind=asked["only"], text=asked["q"], limit=MOST, offset=asked["offset"]
        )
        return Response({"count": count, "results": TrainingGapOut(found, many=True).data})
