"""Architectures of torch.nn's own layers."""

import torch
from torch import nn
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm

from .models import architecture

picture = (torch.ones(1, 3, 16, 16),)


@architecture("torch.nn", quick=True)
def mlp():
    """Half of its layers have biases."""
    net = nn.Sequential(
        nn.Flatten(), nn.Linear(48, 40), nn.ReLU(), nn.Linear(40, 32, bias=False), nn.LayerNorm(32), nn.Linear(32, 10)
    )
    return net, (torch.ones(2, 48),)


@architecture("torch.nn")
def mlp_without_biases():
    net = nn.Sequential(nn.Linear(24, 40, bias=False), nn.Tanh(), nn.Linear(40, 8, bias=False))
    return net, (torch.ones(2, 24),)


@architecture("torch.nn", quick=True)
def cnn():
    """Grouped, depthwise and dilated convolutions, PReLU by channel, group and instance norms."""
    net = nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1, bias=False),
        nn.BatchNorm2d(16),
        nn.PReLU(16),
        nn.Conv2d(16, 32, 3, groups=4),
        nn.GroupNorm(4, 32),
        nn.ReLU(),
        nn.Conv2d(32, 32, 3, groups=32, padding=2, dilation=2),
        nn.InstanceNorm2d(32, affine=True),
        nn.Conv2d(32, 24, 1),
        nn.PReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(24, 10),
    )
    return net, picture


class SqueezeExcite(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(3, channels, 3, bias=False)
        self.bn = nn.BatchNorm2d(channels)
        self.fc1 = nn.Conv2d(channels, channels // 4, 1)
        self.fc2 = nn.Conv2d(channels // 4, channels, 1)
        self.head = nn.Linear(channels, 5)

    def forward(self, x):
        x = torch.relu(self.bn(self.conv(x)))
        gate = x.mean((2, 3), keepdim=True)
        x = x * torch.sigmoid(self.fc2(torch.relu(self.fc1(gate))))
        return self.head(x.mean((2, 3)))


@architecture("torch.nn")
def squeeze_excite():
    return SqueezeExcite(16), picture


class Generator(nn.Module):
    """DCGAN's: transposed convolutions without biases, the last without a norm."""

    def __init__(self, noise=20, width=8):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(noise, width * 4, 4, 1, 0, bias=False),
            nn.BatchNorm2d(width * 4),
            nn.ReLU(True),
            nn.ConvTranspose2d(width * 4, width * 2, 4, 2, 1, bias=False),
            nn.BatchNorm2d(width * 2),
            nn.ReLU(True),
            nn.ConvTranspose2d(width * 2, width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(True),
            nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False),
            nn.Tanh(),
        )

    def forward(self, z):
        return self.main(z)


@architecture("torch.nn", quick=True)
def dcgan_generator():
    return Generator(), (torch.ones(1, 20, 1, 1),)


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1 = self.block(3, 8)
        self.down2 = self.block(8, 16)
        self.bottom = self.block(16, 32)
        self.up2 = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.conv2 = self.block(32, 16)
        self.up1 = nn.ConvTranspose2d(16, 8, 2, stride=2)
        self.conv1 = self.block(16, 8)
        self.outc = nn.Conv2d(8, 2, 1)
        self.pool = nn.MaxPool2d(2)

    @staticmethod
    def block(inputs, outputs):
        return nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, padding=1),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, padding=1),
            nn.ReLU(),
        )

    def forward(self, x):
        first = self.down1(x)
        second = self.down2(self.pool(first))
        x = self.up2(self.bottom(self.pool(second)))
        x = self.conv2(torch.cat([x, second], 1))
        return self.outc(self.conv1(torch.cat([self.up1(x), first], 1)))


@architecture("torch.nn")
def unet():
    return UNet(), picture


class Recurrent(nn.Module):
    """Both directions; a stack of GRUs; a layer without biases; a cell stepped by hand."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(50, 12)
        self.lstm = nn.LSTM(12, 16, num_layers=2, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(32, 14, num_layers=2, batch_first=True)
        self.rnn = nn.RNN(14, 10, batch_first=True, bias=False)
        self.cell = nn.GRUCell(10, 6)
        self.out = nn.Linear(6, 4)

    def forward(self, tokens):
        x = self.rnn(self.gru(self.lstm(self.embedding(tokens))[0])[0])[0]
        return self.out(self.cell(x[:, -1]))


@architecture("torch.nn", quick=True)
def recurrent():
    return Recurrent(), (torch.ones(2, 5, dtype=torch.long),)


class Projected(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(12, 16, batch_first=True, bidirectional=True, proj_size=6)
        self.out = nn.Linear(12, 4, bias=False)

    def forward(self, x):
        return self.out(self.lstm(x)[0])


@architecture("torch.nn")
def projected_lstm():
    return Projected(), (torch.ones(1, 5, 12),)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.char_emb = nn.Embedding(40, 10, padding_idx=0)
        self.encoder = nn.LSTM(10, 20, batch_first=True)
        self.decoder = nn.LSTMCell(20, 12)
        self.fc = nn.Linear(12, 7)

    def forward(self, tokens):
        x, _ = self.encoder(self.char_emb(tokens))
        hidden, _ = self.decoder(x[:, -1])
        return self.fc(hidden)


@architecture("torch.nn")
def lstm_tagger():
    return Tagger(), (torch.ones(2, 5, dtype=torch.long),)


class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.src_tok_emb = nn.Embedding(30, 16)
        self.position = nn.Parameter(torch.zeros(1, 12, 16))
        self.transformer = nn.Transformer(16, 4, 1, 1, 32, batch_first=True)
        self.generator = nn.Linear(16, 30)

    def forward(self, source, target):
        a = self.src_tok_emb(source) + self.position[:, : source.shape[1]]
        return self.generator(self.transformer(a, self.src_tok_emb(target)))


@architecture("torch.nn", quick=True)
def transformer():
    return Translator(), (torch.ones(1, 6, dtype=torch.long), torch.ones(1, 4, dtype=torch.long))


class CrossAttention(nn.Module):
    """Keys and values of other widths: three projections in place of one."""

    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(16, 2, kdim=12, vdim=20, add_bias_kv=True, batch_first=True)
        self.norm = nn.RMSNorm(16)
        self.out = nn.Linear(16, 3)

    def forward(self, query, key, value):
        x, _ = self.attention(query, key, value)
        return self.out(self.norm(x))


@architecture("torch.nn")
def cross_attention():
    return CrossAttention(), (torch.ones(1, 4, 16), torch.ones(1, 5, 12), torch.ones(1, 5, 20))


class TiedAutoencoder(nn.Module):
    """The decoder is one weight under two names."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(24, 24)
        self.bottleneck = nn.Sequential(nn.Linear(24, 6), nn.ReLU(), nn.Linear(6, 24))
        self.decoder = nn.Linear(24, 24)
        self.decoder.weight = self.encoder.weight

    def forward(self, x):
        return self.decoder(self.bottleneck(torch.relu(self.encoder(x))))


@architecture("torch.nn")
def tied_autoencoder():
    return TiedAutoencoder(), (torch.ones(2, 24),)


class Recommender(nn.Module):
    """DLRM's shape: bags of categories beside a network of numbers."""

    def __init__(self):
        super().__init__()
        self.emb_l = nn.ModuleList(nn.EmbeddingBag(n, 8, mode="sum") for n in (20, 33))
        self.embeds = nn.ModuleList([nn.Embedding(5, 4), nn.Embedding(8, 4)])
        self.bot_l = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 8), nn.ReLU())
        self.top_l = nn.Sequential(nn.Linear(32, 12), nn.ReLU(), nn.Linear(12, 1), nn.Sigmoid())

    def forward(self, dense, bags, cats):
        parts = [self.bot_l(dense)]
        for i, bag in enumerate(self.emb_l):
            parts.append(bag(bags[:, :, i]))
        for i, table in enumerate(self.embeds):
            parts.append(table(cats[:, i]))
        return self.top_l(torch.cat(parts, 1))


@architecture("torch.nn")
def recommender():
    long = torch.long
    return Recommender(), (torch.ones(2, 6), torch.ones(2, 3, 2, dtype=long), torch.ones(2, 2, dtype=long))


@architecture("torch.nn")
def audio_1d():
    """A stack over a signal: strided, grouped, and back up."""
    net = nn.Sequential(
        nn.Conv1d(1, 16, 9, stride=2, padding=4),
        nn.BatchNorm1d(16),
        nn.GELU(),
        nn.Conv1d(16, 24, 5, groups=2, bias=False),
        nn.LeakyReLU(),
        nn.ConvTranspose1d(24, 8, 4, stride=2),
        nn.Conv1d(8, 1, 7),
    )
    return net, (torch.ones(1, 1, 64),)


@architecture("torch.nn")
def volume_3d():
    net = nn.Sequential(
        nn.Conv3d(1, 8, 3, bias=False),
        nn.BatchNorm3d(8),
        nn.ReLU(),
        nn.Conv3d(8, 12, 3),
        nn.ConvTranspose3d(12, 4, 2, stride=2),
        nn.AdaptiveAvgPool3d(1),
        nn.Flatten(),
        nn.Linear(4, 2),
    )
    return net, (torch.ones(1, 1, 8, 8, 8),)


class Reparametrised(nn.Module):
    """Both generations of weight_norm and spectral_norm, and a layer that torch.nn.utils.prune holds masked."""

    def __init__(self):
        super().__init__()
        self.old_weight_norm = weight_norm(nn.Conv1d(4, 8, 3))
        self.weight_norm = parametrizations.weight_norm(nn.Conv1d(8, 12, 3))
        self.spectral = parametrizations.spectral_norm(nn.Linear(12, 10))
        self.orthogonal = parametrizations.orthogonal(nn.Linear(10, 10))
        self.pruned = nn.Linear(10, 6)
        self.transposed = parametrizations.weight_norm(nn.ConvTranspose1d(6, 4, 2))

    def forward(self, x):
        x = self.weight_norm(self.old_weight_norm(x)).mean(2)
        x = self.pruned(self.orthogonal(self.spectral(x)))
        return self.transposed(x[:, :, None])


@architecture("torch.nn")
def reparametrised():
    net = Reparametrised()
    prune.l1_unstructured(net.pruned, "weight", 0.25)
    return net, (torch.ones(2, 4, 16),)


class Discriminator(nn.Module):
    """The spectral_norm of older checkpoints."""

    def __init__(self):
        super().__init__()
        self.conv1 = spectral_norm(nn.Conv2d(3, 8, 4, 2, 1))
        self.conv2 = spectral_norm(nn.Conv2d(8, 16, 4, 2, 1, bias=False))
        self.fc = spectral_norm(nn.Linear(16, 1))

    def forward(self, x):
        return self.fc(torch.relu(self.conv2(torch.relu(self.conv1(x)))).mean((2, 3)))


@architecture("torch.nn")
def spectral_discriminator():
    return Discriminator(), picture
