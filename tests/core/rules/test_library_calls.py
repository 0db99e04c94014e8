"""Lines of programs that make optimizers: read as literals, refused in a sentence, and written again."""

import re

import pytest

from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.rules.libraries.calls import (
    CallFault,
    CallResult,
    optimizer_call,
    read_call,
    schedule_call,
    scheduler_line,
)
from gdsim.core.rules.libraries.lookup import find_rule, find_schedule
from gdsim.core.settings import InvalidValue
from tests.core.library_runs import name_of, record
from tests.every import every


@every(
    ("line", "id_", "arguments"),
    [
        (
            "torch.optim.SGD(params, lr=0.5, momentum=0.9, nesterov=True)",
            "torch.optim.SGD",
            {"lr": 0.5, "momentum": 0.9, "nesterov": True},
        ),
        (
            "optimizer = optim.Adam(model.parameters(), 1e-2, (0.8, 0.99))\n",
            "torch.optim.Adam",
            {"lr": 0.01, "betas": [0.8, 0.99]},
        ),
        ("torch.optim.Adam(params=p, foreach=None)", "torch.optim.Adam", {}),
        (
            "tf.keras.optimizers.RMSprop(0.01, rho=.8)",
            "keras.optimizers.RMSprop",
            {"learning_rate": 0.01, "rho": 0.8},
        ),
        ("keras.optimizers.Adam(weight_decay=None, name='a')", "keras.optimizers.Adam", {}),
        ("optax.sgd(0.1, 0.9, True)", "optax.sgd", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    ],
)
def test_a_line_makes_what_it_makes_in_the_library(line, id_, arguments):
    assert read_call(line) == CallResult(find_rule(id_).given(arguments))


@every(
    ("program", "line"),
    [
        (
            """
            import torch

            model = torch.nn.Linear(1, 1)
            optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
            """,
            "torch.optim.SGD(params, lr=0.5)",
        ),
        (
            """
            >>> import torch.optim as o
            >>> from torch.optim.lr_scheduler import StepLR as Steps
            >>> for x in y:
            ...     loss = f(2)
            >>> one = o.SGD(p, lr=0.5)
            >>> two = Steps(one, 7)
            >>> one.zero_grad()
            """,
            "torch.optim.SGD(params, lr=0.5)\ntorch.optim.lr_scheduler.StepLR(optimizer, 7)",
        ),
        (
            """
                optimizer = torch.optim.SGD(net.parameters(), lr=0.5)
                for epoch in range(9):
                    for x in batches:
                        optimizer.step()
            """,
            "torch.optim.SGD(params, lr=0.5)",
        ),
        (
            "one = torch.optim.SGD(p, lr=0.5)\n    torch.optim.lr_scheduler.StepLR(one, 7)",
            "torch.optim.SGD(params, lr=0.5)\ntorch.optim.lr_scheduler.StepLR(optimizer, 7)",
        ),
        ("import mine as torch\nimport torch\ntorch.optim.SGD(p, lr=0.5)", "torch.optim.SGD(params, lr=0.5)"),
        ("from tensorflow import keras as k\nk.optimizers.SGD(0.5)", "keras.optimizers.SGD(0.5)"),
        (
            "o = optim.SGD(p, lr=0.5)\ns = StepLR(o, 7)\nloss = f(x)",
            "torch.optim.SGD(params, lr=0.5)\ntorch.optim.lr_scheduler.StepLR(optimizer, 7)",
        ),
        (
            "from keras.optimizers import Adam\nAdam(0.5)\nmodel.compile(loss='mse')",
            "keras.optimizers.Adam(0.5)",
        ),
        ("model.compile(tf.keras.optimizers.Adam(0.5), loss='mse')", "keras.optimizers.Adam(0.5)"),
        ("m.compile(loss='mse', optimizer='RMSprop')\nm.fit(x, y)", "keras.optimizers.RMSprop()"),
        ("m.compile('sgd', 'mse')\nm.fit(x, y)", "keras.optimizers.SGD()"),
        ("from flax import nnx\no = nnx.Optimizer(m, optax.sgd(0.1), wrt=nnx.Param)", "optax.sgd(0.1)"),
        ("TrainState.create(apply_fn=f, params=p, tx=optax.sgd(0.1))", "optax.sgd(0.1)"),
        ("%matplotlib inline\n!pip install torch\noptim.SGD(p, lr=0.5)", "torch.optim.SGD(p, lr=0.5)"),
        (
            (
                "RATE, betas = 0.5, 1\nB = (0.8, 0.9)\ndecay = -1\ndecay_2 = 1e-3\n"
                "optim.Adam(p, lr=1e-2, betas=B, weight_decay=decay_2)"
            ),
            "torch.optim.Adam(p, lr=1e-2, betas=(0.8, 0.9), weight_decay=1e-3)",
        ),
        (
            """
            import torch

            def main():
                from torch.optim.lr_scheduler import StepLR
                with torch.cuda.device(0):
                    optimizer = torch.optim.SGD(net.parameters(), lr=LR)
                    scheduler = StepLR(optimizer, 7)
                    for epoch in range(9):
                        train(optimizer)
                        scheduler.step()

            if __name__ == "__main__":
                LR = 0.5
                main()
            """,
            "torch.optim.SGD(params, lr=0.5)\ntorch.optim.lr_scheduler.StepLR(optimizer, 7)",
        ),
        (
            """
            class Net(LightningModule):
                def configure_optimizers(self):
                    self.rate = 0.5
                    return torch.optim.Adam(self.parameters(), lr=0.5)
            """,
            "torch.optim.Adam(params, lr=0.5)",
        ),
        (
            """
            class Trainer:
                def __init__(self, net):
                    self.optimizer: Any = torch.optim.SGD(net.parameters(), lr=0.5)
                    self.scheduler = torch.optim.lr_scheduler.StepLR(self.optimizer, 7)
                def fit(self):
                    for x in self.data:
                        self.optimizer.step()
                        self.scheduler.step()
            """,
            (
                "torch.optim.SGD(params, lr=0.5)\n"
                "torch.optim.lr_scheduler.StepLR(optimizer, 7)  # scheduler.step() after every update"
            ),
        ),
        (
            "import optax as ox\ns = ox.cosine_decay_schedule(0.3, 50)\nox.sgd(s)\nox.l2_loss(p)",
            "optax.sgd(optax.cosine_decay_schedule(0.3, 50))",
        ),
    ],
)
def test_what_stands_beside_it_in_a_program_is_left_alone(program, line):
    assert read_call(program) == read_call(line)


def test_a_schedule_may_stand_for_the_rate():
    made = read_call("optax.adam(optax.cosine_decay_schedule(0.3, decay_steps=50))")
    assert made.optimizer == find_rule("optax.adam").given({"learning_rate": 0.3})
    assert made.schedule == find_schedule("optax.cosine_decay_schedule").given({"decay_steps": 50})
    alone = read_call("lr_scheduler.MultiStepLR(optimizer, milestones=[3, 9], gamma=0.5)")
    given = {"milestones": [3, 9], "gamma": 0.5}
    assert alone == CallResult(None, find_schedule("torch.optim.lr_scheduler.MultiStepLR").given(given))


@every(
    ("line", "words"),
    [
        ("", "There is no line that makes an optimizer"),
        ("1 +", '"1 +" is not a line of Python.'),
        ("import os; os.abort()", '"os.abort" names no library'),
        (
            "import os\nmodel = f()\nmodel.fit()",
            "There is no line that makes an optimizer, such as torch.optim.",
        ),
        ("import re\nr = re.compile('adam')", '"re.compile" names no library; write, for example,'),
        ("Adam(lr=0.1)", '"Adam" names no library; write, for example, torch.optim.SGD'),
        ("os.system('true')", '"os.system" names no library'),
        (
            "torch.optim.LBFGS(p)",
            '"torch.optim.LBFGS" is not known here; the known ones are torch.optim.SGD, ',
        ),
        ("(lambda: 1)()", '"lambda: 1" names no library'),
        ("torch.optim.SGD(0.1)", "torch.optim.SGD: params comes first, not 0.1."),
        (
            "torch.optim.SGD(p, rate=0.1)",
            "torch.optim.SGD: rate is not an argument of torch.optim.SGD; it takes lr,",
        ),
        ("torch.optim.SGD(p, lr=fast)", "torch.optim.SGD: lr must be written out, as a number"),
        ("torch.optim.SGD(p, lr=__import__('os').abort())", "torch.optim.SGD: lr must be"),
        ("torch.optim.SGD(p, momentum=f(2))", "torch.optim.SGD: momentum must be written out, as a number"),
        ("torch.optim.SGD(p, 0.1, lr=0.5)", "torch.optim.SGD: lr is given twice."),
        (
            "torch.optim.SGD(p, **settings)",
            "torch.optim.SGD: must name its arguments; * and ** are not read.",
        ),
        ("torch.optim.SGD(*settings)", "torch.optim.SGD: must name its arguments; * and ** are not read."),
        (
            "torch.optim.SGD([{'params': [w], 'lr': 1}], lr=0.1)",
            "torch.optim.SGD: params must be in one group",
        ),
        ("torch.optim.SGD(params=[dict(params=w), {'params': b}])", "SGD: params must be in one group"),
        ("optax.sgd(0.1)\noptax.adam(0.1)", "2 lines make optimizers or schedules; paste one optimizer, and"),
        (
            "optax.sgd(0.1)\noptax.cosine_decay_schedule(0.3, 50)",
            "Two lines make either an optimizer and then its schedule, or a schedule and then",
        ),
        ("s = optax.cosine_decay_schedule(0.3, 50)\noptax.sgd(0.1)", "Two lines make either"),
        (
            "s = optax.cosine_decay_schedule(0.3, 50)\noptax.sgd(0.1, momentum=s)",
            "optax.sgd: momentum must be written out",
        ),
        ("optax.linear_schedule(0.0, 1.0, 50)", "init_value must be a positive number, not 0.0."),
        (
            "torch.optim.lr_scheduler.StepLR(torch.optim.SGD(p, lr=0.1), 7)",
            "StepLR: optimizer must be made in a line of its own, before this one.",
        ),
        (
            "torch.optim.SGD(p, lr=torch.optim.lr_scheduler.StepLR(optimizer, 7))",
            "torch.optim.SGD: lr must be written out, as a number",
        ),
        ("keras.optimizers.SGD(optax.cosine_decay_schedule(0.3, 50))", "learning_rate must be written out"),
        ("keras.optimizers.Lion(beta_1=0.0)", "beta_1 must be a number above 0 and below 1, not 0.0."),
        ("keras.optimizers.SGD(momentum=1.5)", "momentum must be a number from 0 to 1, not 1.5."),
        (
            "torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=2.0)",
            "start_factor must be a number above 0 and up to 1, not 2.0.",
        ),
        (
            "torch.optim.lr_scheduler.LinearLR(optimizer, end_factor=1.5)",
            "end_factor must be a number from 0 to 1, not 1.5.",
        ),
        (
            "torch.optim.lr_scheduler.ConstantLR(optimizer, factor=0.0)",
            "factor must be a number above 0 and up to 1, not 0.0.",
        ),
        ("optax.sgd(0.1)\nif fast: optax.adam(0.1)", '"if fast: optax.adam(0.1)" is in a loop or under'),
        ("for r in rates:\n  optax.adam(r)", '"optax.adam(r)" is in a loop or under a condition;'),
        ("make = lambda: optax.adam(0.1)", '"make = lambda: optax.adam(0.1)" is not one line that makes'),
        ("optax.sgd(1.)\noptax.sgd(1.)\noptax.sgd(1.)", "3 lines make optimizers or schedules; paste one"),
        ("o = torch.optim.SGD(p, lr=0.1)\no = Averaged(o)", '"o" is changed in another line'),
        ("o = torch.optim.SGD(p, lr=0.1)\no.param_groups[0]['lr'] = 1", '"o" is changed in another line'),
        ("from torch.optim import SGD\nSGD = f\nSGD(p, lr=0.1)", '"torch.optim.SGD" is changed in another'),
        ("s = optax.cosine_decay_schedule(1, 9)\ns = 2\noptax.sgd(s)", '"s" is changed in another line'),
        ("o = torch.optim.SGD(p, lr=0.1)\nx = torch.optim.LBFGS(p)", '"torch.optim.LBFGS" is not known here'),
        (
            "o = torch.optim.SGD(p, lr=0.1)\ntorch.optim.lr_scheduler.ReduceLROnPlateau(o)",
            '"torch.optim.lr_scheduler.ReduceLROnPlateau" is not known here',
        ),
        (
            "o = torch.optim.SGD(p, lr=0.1)\ns = torch.optim.lr_scheduler.StepLR(optimizer=q, step_size=7)",
            'The scheduler belongs to "q", but the optimizer is "o".',
        ),
        ("from .torch.optim import SGD\nSGD(p, lr=0.1)", '".torch.optim.SGD" names no library'),
        ("from . import torch\ntorch.optim.SGD(p, lr=0.1)", '"..torch.optim.SGD" names no library'),
        ("a" + ".b" * 1900 + "()", "names no library"),
        ("a" + ".b" * 9900 + "()", "is not a line of Python"),
        ("r = 1\nr = 2\noptax.sgd(r)", "optax.sgd: learning_rate must be written out"),
        ("r = 1\ndef f(r):\n  optax.sgd(r)", "optax.sgd: learning_rate must be written out"),
        ("r = [1]\nr[0] = 2\noptax.sgd(0.1, r)", "optax.sgd: momentum must be written out"),
        (
            "import f\no = Adam(m.parameters(), lr=0.1)",
            '"Adam" names no library; write, for example, torch.optim',
        ),
        (
            "s = optax.sgdr_schedule(all)\no = optax.sgd(s)",
            '"optax.sgdr_schedule" is not known here; the known ones are optax.exponential_decay, ',
        ),
        ("import torch\nfast(torch.optim.SGD(p, lr=0.1))", '"fast" names no library'),
        ("import torch\nmodel = torch.nn.Linear(1, 1)", '"torch.nn.Linear" is not known here'),
        ("import os", "There is no line that makes an optimizer"),
        ("torch.optim.SGD(p, 1, 1, 1, 1, True, True)", "torch.optim.SGD: takes lr, momentum, "),
        ("optax.adam()", "optax.adam: learning_rate is missing"),
        (
            "optax.adam(optax.sgd(0.1))",
            "optax.adam: learning_rate must be a number or a schedule, not optax.sgd.",
        ),
        ("x" * 20_001, "The text is longer than 20,000 letters"),
        ("optax.sgd(" + "(" * 300 + "1" + ")" * 300 + ")", "is not a line of Python"),
        ("optax.sgd(\0)", "is not a line of Python"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(line, words):
    with pytest.raises(CallFault) as refusal:
        read_call(line)
    sentence = str(refusal.value)
    assert words in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


_WITH_SCHEDULER = """
import torch
from torch.nn.utils import clip_grad_norm_

o = torch.optim.SGD(m.parameters(), lr=0.5)
s = torch.optim.lr_scheduler.StepLR(o, 7)
"""


@every(
    ("program", "how_often"),
    [
        ("for e in range(9):\n  for x in xs:\n    o.step()\n  s.step()", "epoch"),
        ("for e in range(9):\n  for x in xs:\n    o.step()\n    s.step()", "update"),
        ("for t in range(9):\n  o.step()\n  s.step()", "update"),
        ("for t in range(9):\n  o.step(); s.step()", "update"),
        ("for x in xs:\n  if t % 4 == 0:\n    o.step()\n    s.step()", "update"),
        ("for x in xs:\n  scaler.step(o)\n  s.step()", "update"),
        ("def train():\n  for x in xs:\n    o.step()\nfor e in range(9):\n  train()\n  s.step()", "epoch"),
        ("def one():\n  o.step()\nfor e in range(9):\n  for x in xs:\n    one()\n    s.step()", "update"),
        ("def one():\n  o.step()\nfor e in range(9):\n  one()\n  s.step()", "epoch"),
        ("for k in folds:\n  for e in range(9):\n    for x in xs:\n      o.step()\n    s.step()", "epoch"),
        ("for e in range(9):\n  train(m, o)\n  s.step()", "epoch"),
        ("for e in range(9):\n  for x in xs:\n    o.step()\n  if s is not None:\n    s.step()", "epoch"),
        ("for e in range(9):\n  for x in xs:\n    o.step()\n    if s: s.step()", "update"),
        ("for e in range(9):\n  for x in xs:\n    train(m, o)\n    s.step()", "update"),
        (
            (
                "for e in range(9):\n  for phase in phases:\n    for x in xs:\n      if phase == 'train':\n"
                "        o.step()\n    if phase == 'train':\n      s.step()"
            ),
            "epoch",
        ),
        ("for x in xs:\n  if on: o.step()\n  if on: s.step()", "update"),
        (
            (
                "class Fit:\n  def __init__(self, o, s):\n    self.o = o\n    self.s = s\n"
                "  def all(self):\n    for e in n:\n      self.one()\n      if self.s: self.s.step()\n"
                "  def one(self):\n    for x in xs:\n      self.o.step()\nFit(o, s).all()"
            ),
            "epoch",
        ),
    ],
)
def test_how_often_a_scheduler_takes_a_step_is_read_from_the_loops_of_a_program(program, how_often):
    scheduler = find_schedule("torch.optim.lr_scheduler.StepLR")
    made = read_call(_WITH_SCHEDULER + program)
    assert made.schedule == scheduler.given({"step_size": 7, "every": how_often})
    alone = _WITH_SCHEDULER.replace("o = torch.optim.SGD(m.parameters(), lr=0.5)", "") + program
    assert read_call(alone) == CallResult(None, made.schedule)


@every(
    "program",
    [
        "for e in range(9):\n  for x in xs:\n    o.step()\n    if t < 100:\n      s.step()",
        "for e in range(9):\n  for x in xs:\n    o.step()\n  if e < 5:\n    s.step()\n  else: pass",
        "for e in range(9):\n  for x in xs:\n    if x == 3: o.step()\n  if x == 3: s.step()",
        "for e in range(9):\n  if e == 3:\n    o.step()\n  else:\n    o.step()\n    s.step()",
        "for e in range(9):\n  s.step()\n  for x in xs:\n    o.step()",
        "for e in range(9):\n  o.step()\n  if late is not None: s.step()",
        "for e in range(9):\n  o.step()\n  if s is None: s.step()",
        "for t in range(9):\n  s.step()\n  o.step()",
        "for e in range(9):\n  o.step()\n  for x in xs:\n    s.step()",
        "def late():\n  s.step()\nfor x in xs:\n  o.step()",
        "for e in range(9):\n  for x in xs:\n    o.step()\n    s.step()\n  s.step()",
        # It takes none, or is told where it is.
        "for e in range(9):\n  for x in xs:\n    o.step()",
        "for e in range(9):\n  o.step()\nschedulers[0].step()",
        "def fit(o, late):\n  for x in xs:\n    o.step()\n    late.step()\nfit(o, s)",
        "d = {'optimizer': o, 'lr_scheduler': {'scheduler': s, 'interval': 'step'}}",
        "for e in range(9):\n  for x in xs:\n    o.step()\n    s.step(e + i / len(xs))",
    ],
)
def test_a_scheduler_that_takes_its_steps_otherwise_is_refused(program):
    with pytest.raises(CallFault, match=r"^s\.step\(\) must be called without a number, just after"):
        read_call(_WITH_SCHEDULER + program)


@every(
    ("program", "line"),
    [
        ("for g in o.param_groups:\n    g['lr'] *= 0.5", "g['lr'] *= 0.5"),
        ("for i, g in enumerate(o.param_groups):\n    g['lr'] = 0.5 / i", "g['lr'] = 0.5 / i"),
        ("for g in o.param_groups:\n    g.update(lr=0.1)", "g.update(lr=0.1)"),
        ("def slower(opt):\n    opt.param_groups[0]['lr'] /= 2", "opt.param_groups[0]['lr'] /= 2"),
        ("g = o.param_groups[0]\ng['momentum'] = 0", "g['momentum'] = 0"),
        ("def late(opt):\n    opt.load_state_dict(old)\nlate(o)", "opt.load_state_dict(old)"),
        ("def late(m, *, opt):\n    set_lr(opt, 0.1)\nlate(m, opt=o)", "set_lr(opt, 0.1)"),
        ("opt = o\nfirst = opt\nfirst.defaults = {}", "first.defaults = {}"),
        ("last = opt = o\nopt.defaults = {}", "opt.defaults = {}"),
        ("opt: Optimizer = o\nopt.defaults = {}", "opt.defaults = {}"),
        ("opt, n = o, 3\nopt.defaults = {}", "opt.defaults = {}"),
        ("if opt := o:\n  opt.defaults = {}", "opt.defaults = {}"),
        (
            "class A:\n  def __init__(self, opt):\n    self.best = opt\n    self.best.clear()\nA(o)",
            "self.best.clear()",
        ),
        # Of several lines the first is quoted.
        ("set_lr(o, 0.1)\nclip_grad_norm_(m.parameters(), 1)\np.grad *= 0.5", "set_lr(o, 0.1)"),
        ("adjust_learning_rate(o, epoch)", "adjust_learning_rate(o, epoch)"),
        ("print(set_lr(o, 0.1))", "print(set_lr(o, 0.1))"),
        (
            "late = get_linear_schedule_with_warmup(o, 10, 100)",
            "late = get_linear_schedule_with_warmup(o, 10, 100)",
        ),
        ("o.add_param_group({'params': b})", "o.add_param_group({'params': b})"),
        ("if resume:\n  o.load_state_dict(old)", "o.load_state_dict(old)"),
        ("o.state.clear()", "o.state.clear()"),
        ("late = OneCycleLR(o, 0.1)", "late = OneCycleLR(o, 0.1)"),
        ("setattr(o, 'step', f)", "setattr(o, 'step', f)"),
        (
            "torch.nn.utils.clip_grad_norm_(m.parameters(), 1)",
            "torch.nn.utils.clip_grad_norm_(m.parameters(), 1)",
        ),
        ("clip_grad_norm_(m.parameters(), 1)", "clip_grad_norm_(m.parameters(), 1)"),
        ("for p in m.parameters():\n  p.grad *= 0.5", "p.grad *= 0.5"),
        ("p.grad.data.clamp_(-1, 1)", "p.grad.data.clamp_(-1, 1)"),
        (
            "Trainer(logger=None, gradient_clip_val=0.5).fit(m)",
            "Trainer(logger=None, gradient_clip_val=0.5).fit(m)",
        ),
    ],
)
def test_a_program_that_changes_what_its_optimizer_does_is_refused(program, line):
    with pytest.raises(CallFault, match=re.escape(f'"{line}" changes what the optimizer does;')):
        read_call(_WITH_SCHEDULER + program)


@every(
    ("program", "line"),
    [
        ("o = keras.optimizers.SGD(0.5)\no.learning_rate.assign(0.1)", "o.learning_rate.assign(0.1)"),
        (
            "o = keras.optimizers.SGD(0.5)\ndef fit(opt):\n  opt.learning_rate = 0.1\nfit(o)",
            "opt.learning_rate = 0.1",
        ),
        (
            "o = keras.optimizers.SGD(0.5)\nm.optimizer.learning_rate = 0.1",
            "m.optimizer.learning_rate = 0.1",
        ),
        (
            "from keras.callbacks import LearningRateScheduler as L\nkeras.optimizers.SGD(0.5)\nc = L(f)",
            "c = L(f)",
        ),
        (
            "o = keras.optimizers.SGD(0.5)\ngrads = [tf.clip_by_value(g, -1, 1) for g in grads]",
            "grads = [tf.clip_by_value(g, -1, 1) for g in grads]",
        ),
        ("tx = optax.sgd(0.1)\nty = optax.MultiSteps(tx, 4)", "ty = optax.MultiSteps(tx, 4)"),
        ("tx = optax.sgd(0.1)\nclip = optax.clip_by_global_norm(1)", "clip = optax.clip_by_global_norm(1)"),
    ],
)
def test_so_is_one_of_another_library(program, line):
    with pytest.raises(CallFault, match=re.escape(f'"{line}" changes what the optimizer does;')):
        read_call(program)


def test_a_program_whose_gradients_add_up_is_refused():
    loop = "o = torch.optim.SGD(p, lr=0.5)\nfor t in range(9):\n  loss(x).backward()\n  o.step()\n"
    with pytest.raises(CallFault, match=r"^zero_grad\(\) is never called, so gradients add up;"):
        read_call(loop)
    for cleared in ("o.zero_grad()", "m.zero_grad()", "w.grad = None", "w.grad.zero_()"):
        assert read_call(f"{loop}  {cleared}\n") == read_call("torch.optim.SGD(p, lr=0.5)")


@every(
    "code",
    [
        "print(o.param_groups[0]['lr'])",
        "rate = o.param_groups[0]['lr']\nrate = 3",
        "for g in o.param_groups:\n  print(g['lr'])",
        "torch.save({'o': o.state_dict(), 's': s.state_dict()}, 'now')",
        "history = fit(m, o, s)",
        "print(get_lr(o))",
        "rates.append(get_current_learning_rate(o))",
        "rates[t] = o.param_groups[0]['lr']\nrates[0] = 1",
        "self.rate = o.param_groups[0]['lr']",
        "print(s.get_last_lr())",
        "m.load_state_dict(best)",
        "norm = w.grad.norm()",
        "def look(opt):\n  print(opt.defaults)\n  rates.append(get_lr(opt))\nlook(o)",
        "def fit(m):\n  m.late = 3\nfit(n)",
        "Trainer(gradient_clip_val=None).fit(m)",
        "a" + ".b" * 1900 + "()",
    ],
)
def test_what_only_looks_at_the_optimizer_is_left_alone(code):
    assert read_call(_WITH_SCHEDULER + code) == read_call(_WITH_SCHEDULER)


@every(
    ("line", "words"),
    [
        ("torch.optim.SGD(p, lr=1, nesterov=True)", "nesterov braucht ein Momentum über 0."),
        ("torch.optim.SGD(p, lr=fast)", "lr muss ausgeschrieben sein, als Zahl,"),
        ("optax.adadelta()", "learning_rate muss angegeben sein: ohne Wert geht Optax"),
        ("optax.sgd([1])", "learning_rate muss eine positive Zahl sein, nicht eine Liste."),
    ],
)
def test_a_refusal_is_all_in_the_language_that_is_chosen(line, words):
    with speaking(read_language("de")), pytest.raises(CallFault, match=re.escape(words)):
        read_call(line)


@every("id_", ["none", 3])
def test_an_id_that_is_not_known_is_refused_in_the_language_that_is_chosen(id_):
    for find in (find_rule, find_schedule):
        with (
            speaking(read_language("de")),
            pytest.raises(InvalidValue, match=r"^muss eines von .* sein, nicht"),
        ):
            find(id_)


@every("case", record()["runs"], ids=name_of)
def test_what_is_written_is_read_again(case):
    optimizer = find_rule(case["id"]).given(case["arguments"])
    line = optimizer_call(optimizer)
    assert read_call(line) == CallResult(optimizer)
    if case["schedule"]:
        schedule = find_schedule(case["schedule"]).given(case["of_schedule"])
        made = read_call(schedule_call(schedule, optimizer.eta))
        assert made[:2] == (None, schedule)
        assert made.rate in (None, optimizer.eta)
        if not case["schedule"].startswith("torch."):
            made = read_call(optimizer_call(optimizer, schedule))
            assert made.schedule == schedule


def test_the_line_of_the_schedule_may_follow():
    made = read_call(
        "optimizer = torch.optim.SGD(params, lr=0.5)\n"
        "scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 7)  # after every epoch"
    )
    assert made.optimizer == find_rule("torch.optim.SGD").given({"lr": 0.5})
    assert made.schedule == find_schedule("torch.optim.lr_scheduler.StepLR").given({"step_size": 7})


@every("how_often", ["epoch", "update"])
def test_how_often_a_scheduler_takes_a_step_is_read_from_behind_its_line(how_often):
    rule = find_rule("torch.optim.SGD").given({"lr": 0.5})
    scheduler = find_schedule("torch.optim.lr_scheduler.ExponentialLR")
    schedule = scheduler.given({"gamma": 0.9, "every": how_often})
    line = scheduler_line(schedule, 0.5)
    assert f"after every {how_often}" in line
    assert read_call(line) == CallResult(None, schedule)
    assert read_call(f"optimizer = {optimizer_call(rule)}\n{line}") == CallResult(rule, schedule)
    # Optax and Keras know nothing of it, and other words say nothing.
    other = read_call(
        "optax.sgd(optax.cosine_decay_schedule(0.3, 50))  # scheduler.step() after every update"
    )
    assert other == read_call("optax.sgd(optax.cosine_decay_schedule(0.3, 50))")
    unsaid = read_call(line.partition("  #")[0] + "  # after every batch")
    assert unsaid == CallResult(None, scheduler.given({"gamma": 0.9}))


@every(
    ("lines", "whole"),
    [
        (
            "schedule = optax.cosine_decay_schedule(0.3, 50)\noptimizer = optax.adam(schedule, b1=0.8)",
            "optax.adam(optax.cosine_decay_schedule(0.3, 50), b1=0.8)",
        ),
        (
            (
                "rate = keras.optimizers.schedules.PiecewiseConstantDecay([9], [0.5, 0.1])\n"
                "keras.optimizers.SGD(learning_rate=rate)"
            ),
            "keras.optimizers.SGD(keras.optimizers.schedules.PiecewiseConstantDecay([9], [0.5, 0.1]))",
        ),
    ],
)
def test_a_schedule_may_have_a_name_before_it_is_the_rate(lines, whole):
    assert read_call(lines) == read_call(whole)


@every("before", ["    ", "\t", ">>> ", "    >>> "])
def test_lines_may_be_copied_out_of_a_function_or_an_example(before):
    lines = (
        f"{before}optimizer = torch.optim.SGD(\n"
        f"{before.replace('>>>', '...')}    params, lr=0.5)\n"
        f"{before}scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 7)\n"
    )
    made = read_call(lines)
    assert made.optimizer == find_rule("torch.optim.SGD").given({"lr": 0.5})
    assert made.schedule == find_schedule("torch.optim.lr_scheduler.StepLR").given({"step_size": 7})
    # A part of the first line may be left out.
    assert read_call(lines.removeprefix(before)) == made


def test_a_schedule_alone_says_where_the_rate_begins():
    assert read_call("optax.linear_schedule(0.3, 0.1, 50)").rate == 0.3
    assert read_call("torch.optim.lr_scheduler.StepLR(optimizer, 7)").rate is None


def test_a_line_has_no_defaults_in_it():
    sgd = find_rule("torch.optim.SGD").given({"lr": 0.5, "momentum": 0.9, "nesterov": True})
    assert optimizer_call(sgd) == "torch.optim.SGD(params, lr=0.5, momentum=0.9, nesterov=True)"
