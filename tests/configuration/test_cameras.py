"""Cameras: who sees and watches them, where streams may come from, and what is found becomes a report."""

from __future__ import annotations

import http.server
import io
import socket
import ssl
import threading
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import AuditEntry
from configuration.services.demo_stream import head, playlist, segment
from configuration.services.streams import asked, check_streams
from grids.models import Camera, VideoGateway
from grids.rules import DEMO_STREAM
from tests.cast import NAMES, Cast, centre_of
from tests.grids.test_elements import get, send, signed_in
from workorders.models import Attachment, WorkOrder

WATCHERS = {"commander", "district_dispatcher", "district_dispatcher2", "supervisor"}
OF_STREET = {"street_dispatcher", "street_dispatcher2", "street_supervisor"}
LON, LAT = centre_of(0, 0)


@pytest.fixture
def camera(cast: Cast) -> Camera:
    """A camera in the first street, behind a gateway of the national standard."""
    VideoGateway.objects.create(
        code="gb", name="国标网关", kind="gb28181", template="https://video.example.gov.cn/live/{device}/{channel}.m3u8"
    )
    data = {
        "code": "C1", "name": "文德路口", "lon": LON, "lat": LAT, "address": "文德路", "gateway": "gb",
        "device": "32011100001320000001", "channel": "32011100001310000001", "direction": 90,
        "owner": "320999001-centre",
    }  # fmt: skip
    assert send(signed_in(cast, "sysadmin"), "setup/cameras/", data).status_code == 201
    return Camera.objects.get(code="C1")


@pytest.mark.parametrize("name", NAMES)
def test_who_sees_a_camera_and_who_its_stream(cast: Cast, camera: Camera, name: str) -> None:
    client = signed_in(cast, name)
    answer = get(client, "cameras/C1/")
    listed = get(client, "cameras/")
    if name in WATCHERS | OF_STREET:
        address = "https://video.example.gov.cn/live/32011100001320000001/32011100001310000001.m3u8"
        assert answer.json()["stream"] == address
        assert [each["code"] for each in listed.json()] == ["C1"]
        assert "stream" not in listed.json()[0]
    elif name == "sysadmin":
        assert "stream" not in answer.json()
        assert "video.example" not in client.get("/configuration/cameras/C1/").content.decode()
    elif name == "other_street_dispatcher":
        assert answer.status_code == 404
        assert listed.json() == []
    else:
        assert answer.status_code == listed.status_code == 403
        assert client.get("/configuration/cameras/C1/").status_code in (403, 302)


def test_only_the_page_of_a_camera_may_speak_to_its_gateway(cast: Cast, camera: Camera) -> None:
    client = signed_in(cast, "street_dispatcher")
    policy = client.get("/configuration/cameras/C1/")["Content-Security-Policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    assert rules["connect-src"] == ["'self'", "https://video.example.gov.cn"]
    assert rules["media-src"] == ["'self'", "blob:", "https://video.example.gov.cn"]
    assert "video.example" not in client.get("/configuration/cameras/")["Content-Security-Policy"]
    VideoGateway.objects.update(active=False)
    assert "video.example" not in client.get("/configuration/cameras/C1/")["Content-Security-Policy"]


@pytest.mark.parametrize(
    "netloc", ["a.example;script-src-elem 'unsafe-inline' https:;x", "a.example,*", "*", "a.example:", "A.EXAMPLE;"]
)
def test_a_template_that_was_written_past_the_service_adds_no_rule(cast: Cast, camera: Camera, netloc: str) -> None:
    VideoGateway.objects.update(template=f"https://{netloc}/{{device}}/{{channel}}")
    policy = signed_in(cast, "street_dispatcher").get("/configuration/cameras/C1/")["Content-Security-Policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    assert rules["connect-src"] == ["'self'"]
    assert rules["media-src"] == ["'self'", "blob:"]
    assert "a.example" not in policy.lower()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"device": "https://evil.example"}, "device"),
        ({"channel": "1"}, "channel"),
        ({"gateway": "nothing"}, "gateway"),
        ({"direction": 360}, "direction"),
        ({"owner": "nobody"}, "owner"),
        ({"lon": LAT, "lat": LON}, "lon"),
    ],
)
def test_what_no_camera_can_be(cast: Cast, camera: Camera, wrong: dict[str, Any], field: str) -> None:
    answer = send(signed_in(cast, "sysadmin"), "setup/cameras/C1/", wrong, "patch")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


@pytest.mark.parametrize(
    "template",
    [
        "http://video.example.gov.cn/{channel}", "https://{channel}/x", "https://user@host/{channel}", "https://host/x",
        "https://host/{device}", "file:///{channel}", "https:///{channel}", "/etc/{channel}",
        "https://a.example;script-src-elem 'unsafe-inline' https:;x/{channel}", "https://a.example,b/{channel}",
        "https://a\t.example/{channel}", "https://a.example/x y/{channel}", "https://a.example:x/{channel}",
        "https://a.example\n/{channel}", "https://[::1]/{channel}", "https://a_example/{channel}",
        "https://a.example:70000/{channel}",
    ],
)  # fmt: skip
def test_a_gateway_is_a_host_that_is_named(cast: Cast, template: str) -> None:
    data = {"code": "x", "name": "网关", "kind": "hls", "template": template}
    answer = send(signed_in(cast, "sysadmin"), "setup/video-gateways/", data)
    assert list(answer.json()["errors"]) == ["template"]


@pytest.mark.parametrize("channel", ["../secret", "/abs", "a b", "x?y=1", "https://evil.example/x", "a\\b"])
def test_a_path_stays_behind_its_gateway(cast: Cast, channel: str) -> None:
    VideoGateway.objects.create(code="h", name="直连", kind="hls", template="https://host.example/{channel}")
    data = {"code": "C2", "name": "口", "lon": LON, "lat": LAT, "gateway": "h", "channel": channel}
    answer = send(signed_in(cast, "sysadmin"), "setup/cameras/", data)
    assert list(answer.json()["errors"]) == ["channel"]


def still() -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (320, 176), (90, 120, 140)).save(data, "JPEG")
    return SimpleUploadedFile("C1.jpg", data.getvalue(), "image/jpeg")


def test_a_finding_is_a_report_with_place_and_picture(cast: Cast, camera: Camera) -> None:
    client = signed_in(cast, "street_dispatcher")
    body = {"title": "路边堆放垃圾", "description": "三袋", "taken_at": "20261122T101500", "file": still()}
    answer = client.post("/api/v1/setup/cameras/C1/findings/", body)
    assert answer.status_code == 201, answer.content
    order = WorkOrder.objects.select_related("text").get(number=answer.json()["number"])
    assert (order.source, order.external_ref, order.lon, order.lat) == ("video", "C1@20261122T101500", LON, LAT)
    assert order.grid is not None
    assert order.grid.code == "320999001001001"
    assert order.text.description == "三袋\n视频点位 文德路口（C1）"
    assert order.text.address == "文德路"
    picture = Attachment.objects.get(order=order)
    assert (picture.stage, picture.mime, picture.width) == ("report", "image/jpeg", 320)
    # The same moment is reported once.
    again = client.post("/api/v1/setup/cameras/C1/findings/", {**body, "file": still()})
    assert (again.status_code, again.json()) == (200, {"number": order.number, "new": False})
    assert Attachment.objects.count() == 1


def test_a_finding_from_the_page_needs_no_script(cast: Cast, camera: Camera) -> None:
    client = signed_in(cast, "street_dispatcher")
    refused = client.post("/configuration/cameras/C1/", {"title": "", "description": "保留这段话"})
    assert refused.status_code == 400
    assert "保留这段话" in refused.content.decode()
    sent = client.post("/configuration/cameras/C1/", {"title": "井盖破损", "file": still()})
    order = WorkOrder.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, f"/orders/{order.number}/")


@pytest.mark.parametrize("name", ["sysadmin", "community_officer", "handler", "other_street_dispatcher", "citizen"])
def test_who_does_not_watch_finds_nothing(cast: Cast, camera: Camera, name: str) -> None:
    answer = signed_in(cast, name).post("/api/v1/setup/cameras/C1/findings/", {"title": "x"})
    assert answer.status_code == (404 if name == "other_street_dispatcher" else 403)
    assert not WorkOrder.objects.exists()


def test_a_picture_that_is_none_leaves_no_order(cast: Cast, camera: Camera) -> None:
    file = SimpleUploadedFile("x.jpg", b"<script>", "image/jpeg")
    answer = signed_in(cast, "street_dispatcher").post(
        "/api/v1/setup/cameras/C1/findings/", {"title": "x", "file": file}
    )
    assert answer.status_code == 400
    assert not WorkOrder.objects.exists()


# -- streams


class _Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        raise AssertionError("asked")


@pytest.fixture
def nosy() -> Iterator[int]:
    """A server on this machine that must never be asked."""
    server = http.server.HTTPServer(("127.0.0.1", 0), _Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1:{port}/x", "https://localhost:{port}/x", "https://[::1]:{port}/x", "https://169.254.169.254/x",
        "https://[::ffff:127.0.0.1]:{port}/x", "https://[::ffff:7f00:1]:{port}/x", "https://100.64.0.1/x",
        "https://[64:ff9b::7f00:1]/x", "https://[2002:7f00:1::]/x", "https://0.0.0.0:{port}/x", "https://10.1.2.3/x",
        "https://192.168.1.1/x", "https://224.0.0.1/x", "https://[fd00::1]/x", "https://[fe80::1]/x",
    ],
)  # fmt: skip
def test_a_check_never_asks_this_machine(nosy: int, address: str) -> None:
    assert asked(address.format(port=nosy), 0.0) == "地址指向本机或内网，已拒绝"


def test_a_network_of_video_may_be_named(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """What an installation names is asked; this machine is not, whatever it names."""
    settings.LIANQIN_STREAM_NETWORKS = [ip_network(each) for each in ("10.1.0.0/16", "127.0.0.0/8", "fd00::/64")]

    def refused(*args: Any, **kwargs: Any) -> Any:
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refused)
    for address in ("https://10.1.2.3/x", "https://[fd00::5]/x", "https://[::ffff:10.1.2.3]/x"):
        assert asked(address, 0.0) == "连接失败或超时"
    for address in ("https://10.2.0.1/x", "https://127.0.0.1/x", "https://[fd01::5]/x", "https://[::ffff:127.0.0.1]/x"):
        assert asked(address, 0.0) == "地址指向本机或内网，已拒绝"


class _Wire(io.BytesIO):
    """A connection on which ``answer`` lies; what is sent is kept."""

    def __init__(self, answer: bytes, sent: list[bytes]) -> None:
        super().__init__(answer)
        self.sent = sent

    def makefile(self, *args: Any, **kwargs: Any) -> io.BytesIO:
        return io.BytesIO(self.getvalue())

    def sendall(self, data: bytes) -> None:
        self.sent.append(bytes(data))


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n#EXTM3U\n", ""),
        (b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", "网关应答 302"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "网关应答 404"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "应答不是 HLS 播放列表"),
        (b"SSH-2.0-x\r\n", "连接失败或超时"),
    ],
)
def test_the_address_that_was_looked_at_is_the_one_that_is_asked(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, fault: str
) -> None:
    """A name that leads elsewhere when it is asked a second time is not asked a second time."""
    looked: list[str] = []
    joined: list[tuple[str, int]] = []
    names: list[str] = []
    sent: list[bytes] = []

    def resolve(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        looked.append(host)
        place = "93.184.215.14" if len(looked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port))]

    def join(address: tuple[str, int], *args: Any, **kwargs: Any) -> _Wire:
        joined.append(address)
        return _Wire(answer, sent)

    def wrap(self: ssl.SSLContext, wire: _Wire, server_hostname: str = "", **kwargs: Any) -> _Wire:
        assert self.check_hostname
        names.append(server_hostname)
        return wire

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", join)
    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wrap)
    assert asked("https://video.example.gov.cn:8443/live/1.m3u8?a=b", 0.0) == fault
    assert looked == ["video.example.gov.cn"]
    assert joined == [("93.184.215.14", 8443)]
    assert names == ["video.example.gov.cn"]
    head = b"".join(sent).decode().lower()
    assert head.startswith("get /live/1.m3u8?a=b http/1.1\r\n")
    assert "\r\nhost: video.example.gov.cn:8443\r\n" in head


def test_a_name_is_refused_if_one_of_its_addresses_is(monkeypatch: pytest.MonkeyPatch) -> None:
    places = ["93.184.215.14", "127.0.0.1"]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [(2, 1, 6, "", (each, 443)) for each in places])
    assert asked("https://two.example/x", 0.0) == "地址指向本机或内网，已拒绝"


@pytest.mark.parametrize("address", ["https://host:99999/x", "https://[::1/x", "https://a b/x"])
def test_an_address_that_is_none_stops_no_check(address: str) -> None:
    assert asked(address, 0.0) in ("连接失败或超时", "地址不是 https")


@pytest.mark.parametrize("address", ["http://host.example/x", "file:///etc/passwd", "ftp://host/x", ""])
def test_a_check_asks_by_https_alone(address: str) -> None:
    assert asked(address, 0.0) == "地址不是 https"


def test_a_check_writes_what_it_found(cast: Cast, camera: Camera, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*args: Any, **kwargs: Any) -> Any:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    assert check_streams() == 1
    camera.refresh_from_db()
    assert (camera.state, camera.fault) == ("offline", "连接失败或超时")
    assert camera.checked_at is not None


def test_the_demo_plays_its_own_stream(cast: Cast, camera: Camera, settings: Any) -> None:
    gateway = VideoGateway.objects.create(code="demo", name="演示", kind="hls", template=DEMO_STREAM)
    Camera.objects.update(gateway=gateway, channel="cam1")
    address = "/configuration/cameras/demo/cam1"
    client = signed_in(cast, "street_dispatcher")
    assert client.get(f"{address}/index.m3u8").status_code == 404
    settings.LIANQIN_DEMO = True
    listed = client.get(f"{address}/index.m3u8").content.decode()
    last = listed.strip().splitlines()[-1]
    assert client.get(f"{address}/{last}").content[4:8] == b"moof"
    assert client.get(f"{address}/head.mp4").content[4:8] == b"ftyp"
    assert client.get(f"{address}/1.exe").status_code == 404
    assert signed_in(cast, "handler").get(f"{address}/index.m3u8").status_code == 403
    assert check_streams() == 1
    assert Camera.objects.get().state == "online"


def test_the_stream_goes_on_for_ever() -> None:
    lines = playlist(1_000_000.0).splitlines()
    assert lines[3] == "#EXT-X-MEDIA-SEQUENCE:499995"
    assert lines[-1] == "499999.m4s"
    assert playlist(1_000_002.0).splitlines()[-1] == "500000.m4s"
    assert len(head()) < 1000
    # The decode time of a fragment follows its number; its pictures come round again.
    assert segment(4)[-1000:] == segment(8)[-1000:]
    assert segment(4) != segment(8)


def test_changes_are_told_without_what_nobody_changed(cast: Cast, camera: Camera) -> None:
    send(signed_in(cast, "sysadmin"), "setup/cameras/C1/", {"name": "公园路口"}, "patch")
    entry = AuditEntry.objects.get(action="grids.camera_changed")
    assert entry.detail == {"before": {"name": "文德路口"}, "after": {"name": "公园路口"}}


def test_signed_out(client: Client) -> None:
    assert get(client, "cameras/").status_code == 401
