"""XML that reaches out, swells or lies about itself is refused in one sentence, or read as the data it is."""

import os
import socket
import stat

import pytest

from bpmn import read, write
from bpmn.xml import MAX_MARKUP
from tests.hostile.families import HEAD, TAIL, file

PERMIT = (
    '<process id="p"><startEvent id="s"/><task id="t" name="{name}"/><endEvent id="e"/>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="e"/></process>'
)
XI = 'xmlns:xi="http://www.w3.org/2001/XInclude"'
BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))

REFUSED = {
    "entity of a file": b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>',
    "entity of the network": b'<!DOCTYPE d [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]><d>&x;</d>',
    "parameter entity": b'<!DOCTYPE d [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><d/>',
    "outer DTD": b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/d.dtd"><d/>',
    "billion laughs": f'<!DOCTYPE d [<!ENTITY a0 "ha">{BOMB}]><d>&a9;</d>'.encode(),
    "quadratic": f'<!DOCTYPE d [<!ENTITY a "{"x" * 50_000}">]><d>{"&a;" * 50_000}</d>'.encode(),
    "DOCTYPE behind comments": b"<?xml version='1.0'?><!-- a --><?b c?>\n<!doctype d><d/>",
    "DOCTYPE in UTF-16": "<!DOCTYPE d [<!ENTITY x 'y'>]><d>&x;</d>".encode("utf-16"),
    "entity nobody declared": file(PERMIT.format(name="&nobody;")),
    "100,000 deep": file('<process id="p">' + "<x>" * 100_000 + "</x>" * 100_000 + "</process>"),
    "a text of 11 MB": file(PERMIT.format(name="x" * 11_000_000)),
    "a tag without end": file("<task " + "a" * 1_000_000),
    "attributes said twice": file('<task id="a" id="b"/>'),
    "nothing": b"",
    "white space": b" \n" * 100_000,
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100,
    "an archive": b"PK\x03\x04" + bytes(1000),
    "zeros": bytes(1_000_000),
    "UTF-7": b"<?xml version='1.0' encoding='UTF-7'?>+ADw-d/+AD4-",
    "EBCDIC": "<?xml version='1.0' encoding='cp037'?><d/>".encode("cp037"),
    "an unknown encoding": b"<?xml version='1.0' encoding='x-none'?><d/>",
    "half a character": HEAD.encode() + b"\xe5\xad" + TAIL.encode(),
    "another root": b"<html><body onload='alert(1)'/></html>",
}
READ = {
    "XInclude": file(PERMIT.format(name=f'"/><xi:include {XI} href="file:///etc/passwd" parse="text"/><task id="u')),
    "schemaLocation": file(PERMIT.format(name="x")).replace(
        b" targetNamespace",
        b' xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="u http://127.0.0.1:9/x.xsd" '
        b"targetNamespace",
    ),
    "an import": file('<import importType="x" location="file:///etc/passwd" namespace="n"/>' + PERMIT.format(name="x")),
    "a style sheet": b'<?xml-stylesheet type="text/xsl" href="http://127.0.0.1:9/x.xsl"?>' + file(PERMIT),
    "100,000 attributes": file(
        PERMIT.replace("<task ", "<task " + " ".join(f'a{n}="1"' for n in range(100_000)) + " ")
    ),
    "100,000 namespaces": file(PERMIT).replace(
        b" targetN", b" " + b" ".join(b'xmlns:n%d="u%d"' % (n, n) for n in range(100_000)) + b" targetN"
    ),
    "a name of 9 MB": file(PERMIT.format(name="字" * 3_000_000)),
    "an id of 3 MB": file(PERMIT.format(name="x").replace('"t"', '"' + "t" * 3_000_000 + '"')),
    "9 MB of documentation": file(
        PERMIT.replace("</process>", f"<documentation>{'x' * 9_000_000}</documentation></process>")
    ),
    "250 deep": file('<process id="p">' + "<x>" * 250 + "</x>" * 250 + "</process>"),
    "lines by the thousand in a name": file(PERMIT.format(name="&#10;" * 100_000)),
    "one id for all": file('<process id="p">' + '<task id="a"/>' * 5_000 + "</process>"),
    "no ids at all": file('<process id="p">' + "<task/><sequenceFlow/>" * 5_000 + "</process>"),
    "references to nobody": file(
        '<process id="p"><task id="t">' + "<incoming>x</incoming>" * 50_000 + "</task></process>"
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_reaches_out_or_is_no_file_is_refused_in_one_sentence(call, save, name):
    path = save(REFUSED[name])

    checked, drawn = call("check", path), call("draw", path, "-o", "out.svg")

    assert checked.code == drawn.code == 1
    assert drawn.err.count("\n") == 1
    assert "root:" not in checked.out + drawn.err


@pytest.mark.parametrize("name", READ)
def test_what_is_only_odd_is_read_as_data(call, save, name):
    path = save(READ[name])

    answers = [call("check", path, "--json"), call("draw", path, "-o", "out.svg"), call("draw", path, "-o", "out.bpmn")]

    assert not any("root:" in answer.out + answer.err for answer in answers)
    assert write(read(path)) == READ[name]


def test_nothing_is_asked_of_the_network(call, save, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        monkeypatch.setenv("http_proxy", address)
        for source in (*REFUSED.values(), *READ.values()):
            if b"127.0.0.1:9/" in source:
                call("check", save(source.replace(b"http://127.0.0.1:9/", address.encode())))
        server.settimeout(0.05)

        with pytest.raises(TimeoutError):
            server.accept()


def test_a_file_of_the_most_tags_fits_into_the_memory_of_a_small_machine(child, save):
    many = file('<process id="p"><x xmlns="u">' + "<y/> " * (MAX_MARKUP - 10) + "</x></process>")
    attributes = " ".join(f'a{n}=""' for n in range(999))
    wide = file('<process id="p">' + f"<x {attributes}/>" * (MAX_MARKUP // 1_000 - 1) + "</process>")
    large = file(("<!--" + "字" * 3_000_000 + "-->") * 10 + PERMIT)

    answer = child("check", save(many, "many.bpmn"), save(wide, "wide.bpmn"), save(large, "large.bpmn"))

    assert answer.code == 0, answer.out


def test_a_tag_more_is_refused(call, save):
    answer = call("check", save(file("<x/>" * MAX_MARKUP)))

    assert answer.code == 1
    assert str(MAX_MARKUP) in answer.out


@pytest.mark.skipif(os.name == "nt", reason="has no pipes and devices of this kind")
@pytest.mark.parametrize("command", [("check",), ("draw", "-o", "out.svg"), ("time",), ("study", "-o", "out")])
def test_pipes_devices_and_folders_are_refused_and_never_waited_for(call, tmp_path, command):
    pipe = tmp_path / "pipe.bpmn"
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "door.bpmn"))
        for path in (pipe, tmp_path / "door.bpmn", tmp_path, "/dev/zero", "/dev/stdin", "/dev/tty"):
            answer = call(command[0], path, *command[1:])

            assert answer.code in (1, 2)
            assert (answer.out + answer.err).count("\n") <= 6


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything may be read by this user")
def test_a_file_that_may_not_be_read_says_so(call, save):
    path = save(file(PERMIT))
    path.chmod(stat.S_IWUSR)

    assert call("check", path).code == 1
