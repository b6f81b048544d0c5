"""What call activities call: processes and global tasks, here or in another file."""

from bpmn import build, read, write
from bpmn.calls import called_task, flattened
from bpmn.model import Root

TASK = Root(id="approve", kind="globalUserTask", name="审批")


def caller(called: str, **parts):
    return build("main").start().call("c", called).end().model.evolve(**parts)


def test_a_global_task_of_the_same_file_is_called():
    model = read(write(caller("approve", roots=(TASK,))))

    assert called_task(model.node["c"], model, {}) == TASK


def test_a_global_task_of_another_file_is_called_by_its_prefixed_name():
    model = caller("other:approve")

    assert called_task(model.node["c"], model, {"other": build("x").model.evolve(roots=(TASK,))}) == TASK


def test_a_process_a_message_and_a_plain_step_are_no_global_task():
    model = caller("main", roots=(Root(id="approve", kind="message"),))
    message = caller("approve", roots=model.roots)

    assert called_task(model.node["c"], model, {}) is None
    assert called_task(message.node["c"], message, {}) is None
    assert called_task(model.node["start"], model, {}) is None


def test_the_call_of_a_global_task_stays_one_step():
    model = caller("approve", roots=(TASK,))

    assert flattened(model, {}).model == model


def test_a_process_of_another_file_is_filled_in_by_its_prefixed_name():
    other = build("sub").start("s").step("x").end("e").model

    filled = flattened(caller("o:sub"), {"other": other}).model

    assert [node.id for node in filled.nodes if node.is_step] == ["c/x"]
